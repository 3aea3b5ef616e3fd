import { describe, expect, test } from 'vitest'
import {
  clip,
  elu,
  grad,
  hardSwish,
  hardTanh,
  leakyRelu,
  logSigmoid,
  relu,
  relu6,
  softplus,
  softShrink,
  tensor,
  type Tensor,
} from '../index.js'

const of = (data: number[]) => tensor(data, { dtype: 'float64' })
const slopes = (f: (x: Tensor) => Tensor, data: number[]) =>
  grad((x: Tensor) => f(x).sum())(of(data))
    .add(0)
    .toNested() // −0 + 0 is 0

describe('gradients at kinks are those of PyTorch', () => {
  test.each([
    ['relu', relu, [-1, -0, 0, 1], [0, 0, 0, 1]],
    ['leakyRelu', (x: Tensor) => leakyRelu(x, 0.1), [-1, 0, 1], [0.1, 0.1, 1]],
    ['elu', (x: Tensor) => elu(x, 0.5), [0, 1], [0.5, 1]],
    ['clip', (x: Tensor) => clip(x, -1, 1), [-2, -1, 1, 2], [0, 1, 1, 0]],
    ['hardTanh', (x: Tensor) => hardTanh(x), [-1, 0, 1], [0, 1, 0]],
    ['relu6', relu6, [0, 6], [0, 0]],
    ['hardSwish', hardSwish, [-4, -3, 3, 4], [0, -0.5, 1.5, 1]],
    ['softShrink', (x: Tensor) => softShrink(x), [-0.5, 0.5, 0.6], [0, 0, 1]],
  ])('%s', (_name, f, at, expected) => {
    expect(slopes(f, at)).toEqual(expected)
  })
})

test('not-a-number passes through activations', () => {
  for (const f of [relu, relu6, hardSwish, (x: Tensor) => clip(x, 0, 1), (x: Tensor) => softShrink(x)]) {
    expect(f(of([NaN])).toNested()).toEqual([NaN])
  }
})

test('logarithms of sigmoids keep their digits at any size', () => {
  expect(logSigmoid(of([-1000, 1000, -40])).toNested()).toEqual([-1000, -0, -40])
  expect(logSigmoid(of([-25])).itemSync()).toBeCloseTo(-25.00000000001389, 14)
  expect(slopes(logSigmoid, [-1000, 1000])).toEqual([1, 0])
  expect(softplus(of([1000, -1000])).toNested()).toEqual([1000, 0])
  expect(slopes((x) => softplus(x), [1000, -1000])).toEqual([1, 0])
})

test('clip takes bounds that broadcast, and infinite ones', () => {
  expect(clip(of([-2, 0, 2]), of([-1, 1, 1]), 1.5).toNested()).toEqual([-1, 1, 1.5])
  expect(clip(of([-2, 2]), -Infinity, 1).toNested()).toEqual([-2, 1])
})
