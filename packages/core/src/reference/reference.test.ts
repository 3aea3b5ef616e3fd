import { drawn } from '@tapeloop/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { erfOf } from './erf.js'
import { product } from './product.js'

test('the product sums each element in float64 in the order of k, in every layout and at every edge', () => {
  const cases = drawn((draw) => {
    const [m, k, n] = [draw.integer(0, 9), draw.integer(0, 9), draw.integer(0, 9)]
    const [transposeA, transposeB] = [draw.boolean(), draw.boolean()]
    const [a, b] = [draw.floats([m * k]), draw.floats([k * n])]
    return { m, k, n, transposeA, transposeB, a: a.dataSync(), b: b.dataSync(), from: draw.integer(0, 2) }
  }, { length: 200 }) // prettier-ignore
  const at = (i: number, j: number, rows: number, columns: number, isTransposed: boolean) =>
    isTransposed ? j * rows + i : i * columns + j
  const property = fc.property(cases, ({ m, k, n, transposeA, transposeB, a, b, from }) => {
    const y = new Float64Array(from + m * n + 1).fill(7)
    product(m, k, n, a, 0, transposeA, b, 0, transposeB, y, from)
    const expected = new Float64Array(y.length).fill(7)
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let p = 0; p < k; p++) sum += a[at(i, p, m, k, transposeA)]! * b[at(p, j, k, n, transposeB)]!
        expected[from + i * n + j] = sum
      }
    }
    expect(y).toEqual(expected)
  })
  fc.assert(property, { seed: 1, numRuns: 300 })
})

test('the error function is exact to a few units in the last place', () => {
  // the C library's erf, itself exact to one unit
  const table = [
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.5, 0.9661051464753108],
    [2, 0.9953222650189527],
    [2.4999, 0.9995928300996666],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [5, 0.9999999999984626],
    [7, 1],
  ] as const
  for (const [x, y] of table) {
    expect(Math.abs(erfOf(x) - y)).toBeLessThanOrEqual(4e-16 * y)
    expect(erfOf(-x)).toBe(-erfOf(x))
  }
  expect(erfOf(1e-20)).toBeCloseTo((2 / Math.sqrt(Math.PI)) * 1e-20, 34)
  expect([erfOf(Infinity), erfOf(NaN)]).toEqual([1, NaN])
})
