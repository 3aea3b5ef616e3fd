import { describe, expect, test } from 'vitest'
import {
  cumprod,
  grad,
  logAddExp,
  logCumSumExp,
  logSoftmax,
  logSumExp,
  maskedFill,
  softmax,
  tensor,
  type Nested,
  type Tensor,
} from '../index.js'

const of = (data: Nested) => tensor(data, { dtype: 'float64' })
const inf = Infinity

describe('large and infinite logits', () => {
  test('softmax and logSoftmax do not overflow', () => {
    expect(softmax(of([1e4, 0, -inf])).toNested()).toEqual([1, 0, 0])
    expect(logSoftmax(of([1e4, 0, -inf])).toNested()).toEqual([0, -1e4, -inf])
  })

  test('masked places get no gradient and put no NaN into others', () => {
    const mask = tensor([false, true, false])
    const f = (x: Tensor) =>
      softmax(maskedFill(x, mask, -inf))
        .mul(of([1, 2, 3]))
        .sum()
    expect(grad(f)(of([1, 5, 1])).toNested()).toEqual([-0.5, 0, 0.5])
  })

  test('logSumExp of −∞ alone is −∞ with gradient 0, and of ∞ is ∞', () => {
    expect(
      logSumExp(
        of([
          [-inf, -inf],
          [inf, 0],
          [-inf, 2],
        ]),
        1,
      ).toNested(),
    ).toEqual([-inf, inf, 2])
    expect(grad((x: Tensor) => logSumExp(x))(of([-inf, -inf])).toNested()).toEqual([0, 0])
    expect(grad((x: Tensor) => logSumExp(x))(of([-inf, 3])).toNested()).toEqual([0, 1])
    expect(logAddExp(of([-inf, inf, 1000]), of([-inf, 0, 1000])).toNested()).toEqual([
      -inf,
      inf,
      1000 + Math.LN2,
    ])
  })

  test('logSumExp keeps dims, and over no axes is the tensor', () => {
    expect(logSumExp(of([[1, 2]]), [0, 1], { keepDims: true }).shape).toEqual([1, 1])
    expect(logSumExp(of([1, 2]), []).toNested()).toEqual([1, 2])
  })
})

test('running products and sums of exponentials', () => {
  expect(cumprod(of([[1, 2, 3, 4, 5]])).toNested()).toEqual([[1, 2, 6, 24, 120]])
  expect(cumprod(of([[2], [0], [4]]), 0).toNested()).toEqual([[2], [0], [0]])
  // ∂(x₀ + x₀x₁ + x₀x₁x₂) at a zero in the middle
  expect(grad((x: Tensor) => cumprod(x).sum())(of([2, 0, 4])).toNested()).toEqual([1, 10, 0])
  const y = logCumSumExp(of([-inf, -inf, 0, 1])).toNested() as number[]
  expect(y.slice(0, 3)).toEqual([-inf, -inf, 0])
  expect(y[3]).toBeCloseTo(Math.log(1 + Math.E), 14)
})
