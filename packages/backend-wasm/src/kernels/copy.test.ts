import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshEngine, put } from '../../fixtures/bench.js'
import { copyRows, copyStrided, copyTransposed, copyVectors } from './copy.js'

const dtypes = { 1: 'bool', 4: 'int32', 8: 'float64' } as const

const shapes = fc.record({
  size: fc.constantFrom(1 as const, 4 as const, 8 as const),
  outer: fc.integer({ min: 1, max: 3 }),
  rows: fc.integer({ min: 1, max: 11 }),
  columns: fc.oneof(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 30, max: 40 })),
})

test('copies reach every number of every matrix, by any route, and nothing else', () => {
  const engine = freshEngine('simd')
  fc.assert(
    fc.property(shapes, ({ size, outer, rows, columns }) => {
      const dtype = dtypes[size]
      const count = outer * rows * columns
      const source = new { 1: Uint8Array, 4: Int32Array, 8: Float64Array }[size](count).map((_, i) => i + 1)
      const from = put(engine, source)
      const sizes = { outer, rows, columns, from, fromOuter: rows * columns * size, fromRow: columns * size }
      // one number more between the matrices and between their rows
      const [width, height] = [columns + 1, rows + 1]
      const wanted = (transposed: boolean) => {
        const matrix = transposed ? columns * height : rows * width
        const numbers =
          source.constructor === Uint8Array
            ? new Uint8Array(outer * (matrix + 1))
            : new Float64Array(outer * (matrix + 1))
        source.forEach((value, i) => {
          const [o, r, c] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns]
          numbers[o * (matrix + 1) + (transposed ? c * height + r : r * width + c)] = value
        })
        return { numbers: [...numbers], toOuter: (matrix + 1) * size }
      }
      const check = (transposed: boolean, run: (to: number, toOuter: number) => void) => {
        const { numbers, toOuter } = wanted(transposed)
        const to = engine.heap.allocate(numbers.length * size)
        engine.heap.view(dtype, to, numbers.length).fill(0)
        run(to, toOuter)
        expect([...engine.heap.view(dtype, to, numbers.length)]).toEqual(numbers)
      }
      check(false, (to, toOuter) =>
        engine.call(copyRows(size), { ...sizes, to, toOuter, toRow: width * size }),
      )
      const vectors = (columns * size) / 16
      if (vectors === 1 || vectors === 2 || vectors === 4)
        check(false, (to, toOuter) =>
          engine.call(copyVectors(vectors), { ...sizes, to, toOuter, toRow: width * size }),
        )
      check(false, (to, toOuter) =>
        // back to front
        engine.call(copyStrided(size), {
          ...sizes,
          from: from + (columns - 1) * size,
          fromColumn: -size,
          to: to + (columns - 1) * size,
          toOuter,
          toRow: width * size,
          toColumn: -size,
        }),
      )
      if (size > 1)
        check(true, (to, toOuter) =>
          engine.call(copyTransposed(size as 4 | 8), { ...sizes, to, toOuter, toColumn: height * size }),
        )
    }),
  )
})
