import { describe, expect, test } from 'vitest'
import {
  all,
  any,
  argmin,
  cosineSimilarity,
  grad,
  maxWithIndex,
  mean,
  median,
  min,
  minWithIndex,
  norm,
  prod,
  sort,
  standardDeviation,
  standardize,
  tensor,
  topK,
  variance,
  type Nested,
  type Tensor,
} from '../index.js'

const of = (data: Nested) => tensor(data, { dtype: 'float64' })
const ints = (data: Nested) => tensor(data, { dtype: 'int32' })
const shown = ({ values, indices }: { values: Tensor; indices: Tensor }) => [
  values.toNested(),
  indices.toNested(),
]

describe('reductions', () => {
  test('variance divides by n, or by n − 1', () => {
    const x = of([
      [1, 2, 3],
      [4, 4, 4],
    ])
    expect(variance(x, 1).toNested()).toEqual([2 / 3, 0])
    expect(variance(x, 1, { correction: 1, keepDims: true }).toNested()).toEqual([[1], [0]])
    expect(standardDeviation(x, 1, { correction: 1 }).toNested()).toEqual([1, 0])
    expect(grad((x: Tensor) => standardDeviation(x))(of([2, 2])).toNested()).toEqual([0, 0])
  })

  test('min works to the ends of its dtype, shares ties, and gives way to NaN', () => {
    expect(min(ints([5, -(2 ** 31), 2 ** 31 - 1])).itemSync()).toBe(-(2 ** 31))
    expect(min(of([1, NaN, 2])).itemSync()).toBeNaN()
    expect(grad((x: Tensor) => min(x))(of([1, 1, 2])).toNested()).toEqual([0.5, 0.5, 0])
    expect(
      argmin(
        of([
          [3, 1, 1],
          [0, 2, NaN],
        ]),
      ).toNested(),
    ).toEqual([1, 2])
    expect(argmin(ints([0, -(2 ** 31)])).itemSync()).toBe(1)
  })

  test('any and all', () => {
    const x = tensor([
      [true, false],
      [false, false],
    ])
    expect(any(x, 1).toNested()).toEqual([true, false])
    expect(all(x, 0, { keepDims: true }).toNested()).toEqual([[false, false]])
    const none = tensor([], { dtype: 'bool' })
    expect([any(none).itemSync(), all(none).itemSync()]).toEqual([0, 1])
  })

  test('prod of any number of factors, zeros and integers among them', () => {
    expect(prod(of([])).itemSync()).toBe(1)
    expect(prod(ints([2, 3, 4, 5, 6, 7, 8])).itemSync()).toBe(40320)
    expect(
      prod(
        of([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
        0,
        { keepDims: true },
      ).toNested(),
    ).toEqual([[15, 48]])
    expect(grad((x: Tensor) => prod(x))(of([2, 0, 3])).toNested()).toEqual([0, 6, 0])
    expect(grad((x: Tensor) => prod(x))(of([0, 0, 3])).toNested()).toEqual([0, 0, 0])
    expect(grad((x: Tensor) => grad((x: Tensor) => prod(x))(x).sum())(of([0, 0, 3])).toNested()).toEqual([
      3, 3, 0,
    ])
  })

  test('mean refuses integers in its own name', () => {
    expect(() => mean(ints([1, 2]))).toThrow('mean: the tensor is int32; cast it to float32 or float64 first')
  })
})

describe('norms', () => {
  test('orders', () => {
    const x = of([3, -4, 0])
    const norms = [0, 1, 2, Infinity, -Infinity].map((order) => norm(x, undefined, { order }).itemSync())
    expect(norms).toEqual([2, 7, 5, 4, 0])
    expect(norm(x, undefined, { order: 3 }).itemSync()).toBeCloseTo(91 ** (1 / 3), 14)
  })

  test.each([1, 2, 3, 0.5, Infinity])('the gradient of order %f at zero is 0', (order) => {
    expect(grad((x: Tensor) => norm(x, undefined, { order }))(of([0, 0])).toNested()).toEqual([0, 0])
  })

  test('standardize gives mean 0 and variance 1', () => {
    const y = standardize(
      of([
        [1, 2, 6],
        [5, 5, 5],
      ]),
      -1,
      { epsilon: 0 },
    ).toNested() as number[][]
    expect(y[0]!.reduce((a, b) => a + b)).toBeCloseTo(0, 14)
    expect(y[0]!.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1, 14)
    expect(standardize(of([5, 5]), 0).toNested()).toEqual([0, 0])
  })

  test('cosineSimilarity of parallel, orthogonal and zero vectors', () => {
    const y = cosineSimilarity(
      of([
        [1, 2],
        [1, 0],
        [0, 0],
      ]),
      of([
        [2, 4],
        [0, 3],
        [1, 1],
      ]),
    )
    expect(y.toNested()).toEqual([expect.closeTo(1, 14), 0, 0])
  })
})

describe('order', () => {
  test('extremes with their first index', () => {
    const x = of([
      [1, 3, 3],
      [NaN, 0, 5],
    ])
    expect(shown(maxWithIndex(x))).toEqual([
      [3, NaN],
      [1, 0],
    ])
    expect(shown(minWithIndex(x, 0))).toEqual([
      [NaN, 0, 3],
      [1, 1, 0],
    ])
    expect(grad((x: Tensor) => maxWithIndex(x).values.sum())(of([2, 2])).toNested()).toEqual([1, 0])
  })

  test('median is the lower middle, and NaN where there is one', () => {
    expect(
      shown(
        median(
          of([
            [4, 1, 3, 2],
            [NaN, 1, 2, 3],
          ]),
        ),
      ),
    ).toEqual([
      [2, NaN],
      [3, 0],
    ])
    expect(shown(median(ints([3, 1, 2])))).toEqual([2, 2])
  })

  test('sort is stable, with NaN last, or first when descending', () => {
    expect(shown(sort(of([2, NaN, 1, 2])))).toEqual([
      [1, 2, 2, NaN],
      [2, 0, 3, 1],
    ])
    expect(shown(sort(of([2, NaN, 1, 2]), 0, { descending: true }))).toEqual([
      [NaN, 2, 2, 1],
      [1, 0, 3, 2],
    ])
  })

  test('topK, largest or smallest', () => {
    expect(shown(topK(of([3, 1, 2]), 2))).toEqual([
      [3, 2],
      [0, 2],
    ])
    expect(shown(topK(of([[3], [1], [2]]), 1, 0, { largest: false }))).toEqual([[[1]], [[1]]])
    expect(() => topK(of([1, 2]), 3)).toThrow(
      'topK: k is 3 but axis -1 of [2] has 2 entries; take at most those',
    )
  })
})
