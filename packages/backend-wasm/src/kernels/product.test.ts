import fc from 'fast-check'
import { matmul, tensor, type TypedArray } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { freshEngine, levels, put } from '../../fixtures/bench.js'
import type { Engine } from '../engine.js'
import { copyRows, copyTransposed } from './copy.js'
import { product, tileColumns, type Reading } from './product.js'
import { panelColumns, vectorTimesPanels } from './vector-panels.js'
import { matrixTimesVector, vectorTimesMatrix } from './vector-product.js'

type Float = 'float32' | 'float64'

const sizes = { float32: 4, float64: 8 } as const
const tolerance = { float32: 1e-6, float64: 1e-15 }

/** Whole numbers and halves from −8 to 8, which sum without rounding. */
function numbers(dtype: Float, length: number, seed: number): Float32Array | Float64Array {
  const array = dtype === 'float32' ? new Float32Array(length) : new Float64Array(length)
  let state = seed
  return array.map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >> 27) / 2
  })
}

function reference(a: TypedArray, b: TypedArray, m: number, k: number, n: number): TypedArray {
  return matmul(tensor(a, { shape: [m, k] }), tensor(b, { shape: [k, n] })).dataSync()
}

function transposed<T extends Float32Array | Float64Array>(x: T, rows: number, columns: number): T {
  return x.map((_, i) => x[(i % rows) * columns + Math.floor(i / rows)]!) as T
}

/** B in panels, by the copies a plan makes: whole panels at once, and what is left. */
function packed(
  engine: Engine,
  dtype: Float,
  b: number,
  k: number,
  n: number,
  isTransposed: boolean,
  width = tileColumns(dtype, engine.level),
): number {
  const size = sizes[dtype]
  const whole = Math.floor(n / width)
  const panel = k * width * size
  const to = engine.heap.allocate(panel * (whole + 1))
  for (const [outer, columns, first] of [
    [whole, width, 0],
    [1, n % width, whole],
  ] as const) {
    const common = { outer, to: to + first * panel, toOuter: panel }
    const [rowsBefore, columnsBefore] = [first * width * k * size, first * width * size]
    if (isTransposed)
      engine.call(copyTransposed(size), {
        ...common,
        rows: columns,
        columns: k,
        from: b + rowsBefore,
        fromOuter: width * k * size,
        fromRow: k * size,
        toColumn: width * size,
      })
    else
      engine.call(copyRows(size), {
        ...common,
        rows: k,
        columns,
        from: b + columnsBefore,
        fromOuter: width * size,
        fromRow: n * size,
        toRow: width * size,
      })
  }
  return to
}

const shapes = fc.record({
  m: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 120, max: 140 })),
  k: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 250, max: 530 })),
  n: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(96)),
  dtype: fc.constantFrom<Float>('float32', 'float64'),
  reading: fc.constantFrom<Reading>('rows', 'columns'),
  right: fc.constantFrom('as it is', 'packed', 'packed from its transpose'),
  accumulate: fc.boolean(),
  seed: fc.integer(),
})

describe.each(levels)('at level %s', (level) => {
  const engine = freshEngine(level)

  test('products of any shape and layout equal the reference product', () => {
    fc.assert(
      fc.property(shapes, ({ m, k, n, dtype, reading, right, accumulate, seed }) => {
        const size = sizes[dtype]
        const [a, b] = [numbers(dtype, m * k, seed), numbers(dtype, k * n, seed + 1)]
        const left = put(engine, reading === 'rows' ? a : transposed(a, m, k))
        const isTransposed = right === 'packed from its transpose'
        const plainB = put(engine, isTransposed ? transposed(b, k, n) : b)
        const width = tileColumns(dtype, level)
        const isPacked = right !== 'as it is'
        const before = numbers(dtype, m * (n + 1), seed + 2)
        const c = put(engine, before) // one column wider than the product: the last must stay
        engine.call(product(dtype, reading), {
          m,
          n,
          k,
          a: left,
          c,
          cRow: (n + 1) * size,
          accumulate: Number(accumulate),
          aRow: reading === 'rows' ? k * size : 4 * size,
          aStep: reading === 'rows' ? size : m * size,
          b: isPacked ? packed(engine, dtype, plainB, k, n, isTransposed) : plainB,
          bPanel: isPacked ? k * width * size : width * size,
          bStep: isPacked ? width * size : n * size,
        })
        const wanted = before.slice()
        reference(a, b, m, k, n).forEach((value, i) => {
          const at = Math.floor(i / n) * (n + 1) + (i % n)
          wanted[at] = value + (accumulate ? before[at]! : 0)
        })
        expect(engine.heap.view(dtype, c, wanted.length)).toEqual(wanted)
      }),
      { numRuns: 60 },
    )
  })

  test('products with a vector equal the reference product', () => {
    fc.assert(
      fc.property(shapes, ({ m, k, dtype, accumulate, seed }) => {
        const size = sizes[dtype]
        const matrix = numbers(dtype, m * k, seed)
        const [row, column] = [numbers(dtype, m, seed + 1), numbers(dtype, k, seed + 2)]
        const a = put(engine, matrix)
        const before = numbers(dtype, (k + m) * 3, seed + 3)
        const c = put(engine, before)
        const add = Number(accumulate)
        engine.call(vectorTimesMatrix(dtype), {
          k: m,
          n: k,
          a: put(engine, row),
          aStep: size,
          b: a,
          bRow: k * size,
          c,
          accumulate: add,
        })
        engine.call(matrixTimesVector(dtype), {
          m,
          k,
          a,
          aRow: k * size,
          b: put(engine, column),
          accumulate: add,
          c: c + k * size,
          cStep: 3 * size,
        })
        const wanted = before.slice()
        reference(row, matrix, 1, m, k).forEach((value, i) => (wanted[i] = value + add * before[i]!))
        reference(matrix, column, m, k, 1).forEach((value, i) => {
          wanted[k + 3 * i] = value + add * before[k + 3 * i]!
        })
        expect(engine.heap.view(dtype, c, wanted.length)).toEqual(wanted)
      }),
      { numRuns: 40 },
    )
  })

  test('products of a vector with a packed matrix equal the reference product', () => {
    fc.assert(
      fc.property(shapes, ({ m: n, k, dtype, seed }) => {
        const [row, matrix] = [numbers(dtype, k, seed), numbers(dtype, k * n, seed + 1)]
        const before = numbers(dtype, n + 5, seed + 2) // beyond the product: must stay
        const c = put(engine, before)
        const b = packed(engine, dtype, put(engine, matrix), k, n, false, panelColumns(dtype, level))
        const a = put(engine, row)
        engine.call(vectorTimesPanels(dtype), { n, k, a, aStep: sizes[dtype], b, c })
        const wanted = before.slice()
        wanted.set(reference(row, matrix, 1, k, n) as Float32Array)
        expect(engine.heap.view(dtype, c, wanted.length)).toEqual(wanted)
      }),
      { numRuns: 40 },
    )
  })

  test.each(['float32', 'float64'] as const)('rounding of a long %s product stays small', (dtype) => {
    const size = sizes[dtype]
    const k = 3000
    const [a, b] = [
      numbers(dtype, k, 1).map((x) => Math.sin(x)),
      numbers(dtype, k, 2).map((x) => Math.cos(x)),
    ]
    const c = engine.heap.allocate(size)
    engine.call(product(dtype, 'rows'), {
      m: 1,
      n: 1,
      k,
      a: put(engine, a),
      aRow: 0,
      aStep: size,
      b: put(engine, b),
      bPanel: 0,
      bStep: size,
      c,
      cRow: 0,
      accumulate: 0,
    })
    const terms = [...a].reduce((sum, x, i) => sum + Math.abs(x * b[i]!), 0)
    const error = Math.abs(engine.heap.view(dtype, c, 1)[0]! - reference(a, b, 1, k, 1)[0]!)
    expect(error / terms).toBeLessThan(tolerance[dtype])
  })
})
