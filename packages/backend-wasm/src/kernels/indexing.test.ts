import { pick, place, scatterAdd, take, tensor, type TypedArray } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshEngine, put } from '../../fixtures/bench.js'
import { addRows, faultWords, pickColumns, placeColumns, takeRows } from './indexing.js'

const shapes = fc.record({
  dtype: fc.constantFrom('float32' as const, 'float64' as const, 'int32' as const),
  count: fc.integer({ min: 1, max: 9 }),
  columns: fc.integer({ min: 1, max: 23 }),
  extent: fc.integer({ min: 1, max: 7 }),
  seed: fc.integer(),
})

test('rows and columns go where indices say, as in core', () => {
  const engine = freshEngine('simd')
  fc.assert(
    fc.property(shapes, ({ dtype, count, columns, extent, seed }) => {
      const size = dtype === 'float64' ? 8 : 4
      let state = seed
      const next = () => (state = (Math.imul(state, 1664525) + 1013904223) | 0) >>> 8
      const numbers = (length: number) => {
        const all = new { float32: Float32Array, float64: Float64Array, int32: Int32Array }[dtype](length)
        return all.map(() => (next() % 64) - 32)
      }
      const indices = (length: number) => Int32Array.from({ length }, () => next() % extent)
      const fault = put(engine, new Int32Array(faultWords))
      const check = (wanted: TypedArray, run: (y: number) => void) => {
        const y = engine.heap.allocate(wanted.byteLength)
        engine.heap.view(dtype, y, wanted.length).fill(7)
        run(y)
        expect(engine.heap.view(dtype, y, wanted.length)).toEqual(wanted)
        expect(engine.heap.view('int32', fault, 1)[0]).toBe(0)
      }
      const at = indices(count)
      const where = tensor(at)
      const [table, rows] = [numbers(extent * columns), numbers(count * columns)]
      check(take(tensor(table, { shape: [extent, columns] }), where).dataSync(), (y) =>
        engine.call(takeRows(size), {
          count,
          columns,
          x: put(engine, table),
          extent,
          indices: put(engine, at),
          y,
          fault,
          id: 1,
        }),
      )
      check(scatterAdd(where, tensor(rows, { shape: [count, columns] }), extent).dataSync(), (y) =>
        engine.call(addRows(dtype), {
          count,
          columns,
          row: columns * size,
          x: put(engine, rows),
          extent,
          indices: put(engine, at),
          y,
          fault,
          id: 1,
        }),
      )
      const [wide, short, inRow] = [
        numbers(count * extent),
        numbers(count * columns),
        indices(count * columns),
      ]
      const inRows = tensor(inRow, { shape: [count, columns] })
      check(pick(tensor(wide, { shape: [count, extent] }), inRows).dataSync(), (y) =>
        engine.call(pickColumns(size), {
          rows: count,
          columns,
          x: put(engine, wide),
          extent,
          indices: put(engine, inRow),
          y,
          fault,
          id: 1,
        }),
      )
      check(place(inRows, tensor(short, { shape: [count, columns] }), extent).dataSync(), (y) =>
        engine.call(placeColumns(dtype), {
          rows: count,
          columns,
          x: put(engine, short),
          extent,
          indices: put(engine, inRow),
          y,
          fault,
          id: 1,
        }),
      )
    }),
  )
})

test.each([[-1], [3], [2 ** 31 - 1]])(
  'index %d is recorded, the first of several, and not followed',
  (index) => {
    const engine = freshEngine('simd')
    const fault = put(engine, new Int32Array(faultWords))
    const y = engine.heap.allocate(16)
    engine.call(takeRows(4), {
      count: 3,
      columns: 1,
      x: put(engine, Float32Array.of(5, 6, 7)),
      extent: 3,
      y,
      fault,
      id: 9,
      indices: put(engine, Int32Array.of(2, index, -5)),
    })
    expect(engine.heap.view('int32', fault, faultWords)).toEqual(Int32Array.of(9, index, 3))
    expect(engine.heap.view('float32', y, 3)).toEqual(Float32Array.of(7, 5, 5))
  },
)
