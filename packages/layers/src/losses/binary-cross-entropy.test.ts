import { grad, ones, sigmoid, tensor, type Tensor } from '@tapeloop/core'
import { checkGradients } from '@tapeloop/testing'
import { describe, expect, test } from 'vitest'
import { binaryCrossEntropy, binaryCrossEntropyWithLogits } from './binary-cross-entropy.js'

const float64 = (data: number[] | number[][]) => tensor(data, { dtype: 'float64' })
const logits = float64([
  [-2, 0.5],
  [1, 3],
])
const targets = float64([
  [0, 1],
  [0.25, 1],
])
const numbers = (x: Tensor) => Array.from(x.dataSync())
const none = { reduction: 'none' } as const

/** The definition, element by element, in plain numbers. */
const expected = numbers(logits).map((x, i) => {
  const [p, t] = [1 / (1 + Math.exp(-x)), numbers(targets)[i]!]
  return -(t * Math.log(p) + (1 - t) * Math.log(1 - p))
})

describe('binaryCrossEntropyWithLogits', () => {
  test('is its definition, and that of the probabilities', () => {
    const ours = numbers(binaryCrossEntropyWithLogits(logits, targets, none))
    const ofProbabilities = numbers(binaryCrossEntropy(sigmoid(logits), targets, none))
    expected.forEach((value, i) => {
      expect(ours[i]).toBeCloseTo(value, 12)
      expect(ofProbabilities[i]).toBeCloseTo(value, 12)
    })
    const mean = expected.reduce((a, b) => a + b) / 4
    expect(binaryCrossEntropyWithLogits(logits, targets).itemSync()).toBeCloseTo(mean, 12)
  })

  test('has the gradient σ(x) − t, at 0 and far from it too', () => {
    const x = float64([-1000, -2, 0, 2, 1000])
    const t = float64([1, 0, 0.25, 1, 0])
    const slopes = grad((x: Tensor) => binaryCrossEntropyWithLogits(x, t, { reduction: 'sum' }))(x)
    const right = numbers(sigmoid(x).sub(t))
    numbers(slopes).forEach((slope, i) => expect(slope).toBeCloseTo(right[i]!, 12))
  })

  test('is exact for logits that are sure and right, in float32', () => {
    const losses = numbers(binaryCrossEntropyWithLogits(tensor([-10, 12]), tensor([0, 1]), none))
    ;[-10, -12].forEach((x, i) => {
      const exact = Math.log1p(Math.exp(x))
      expect(Math.abs(losses[i]! - exact) / exact).toBeLessThan(1e-6)
    })
  })

  test('weighs elements, and positives', () => {
    const [weight, positiveWeight] = [float64([[2], [3]]), float64([5, 7])]
    const plain = binaryCrossEntropyWithLogits(logits, targets, none)
    const weighted = binaryCrossEntropyWithLogits(logits, targets, { ...none, weight })
    expect(numbers(weighted)).toEqual(numbers(plain.mul(weight)))
    const positive = numbers(binaryCrossEntropyWithLogits(logits, targets, { ...none, positiveWeight }))
    const t = numbers(targets)
    numbers(logits).forEach((x, i) => {
      const p = 1 / (1 + Math.exp(-x))
      const value = -([5, 7][i % 2]! * t[i]! * Math.log(p) + (1 - t[i]!) * Math.log(1 - p))
      expect(positive[i]).toBeCloseTo(value, 12)
    })
    checkGradients(
      (x: Tensor, t: Tensor) => binaryCrossEntropyWithLogits(x, t, { weight, positiveWeight }),
      [logits, targets],
    )
  })
})

describe('binaryCrossEntropy', () => {
  test('is bounded, and so is its gradient, where a probability is 0 or 1', () => {
    const p = float64([0, 1, 0, 1])
    const t = float64([1, 0, 0, 1])
    expect(numbers(binaryCrossEntropy(p, t, none)).map(Math.abs)).toEqual([100, 100, 0, 0])
    const slopes = grad((p: Tensor) => binaryCrossEntropy(p, t))(p)
    expect(numbers(slopes).every(Number.isFinite)).toBe(true)
  })

  test('has right derivatives', () => {
    checkGradients((p: Tensor, t: Tensor) => binaryCrossEntropy(p, t), [sigmoid(logits), targets])
  })
})

test('nonsense is refused by name', () => {
  expect(() => binaryCrossEntropy(logits, targets.reshape([4]))).toThrow(
    'binaryCrossEntropy: the operands are float64 [2, 2] and float64 [4]; give both the same shape and dtype',
  )
  expect(() => binaryCrossEntropyWithLogits(logits, targets, { weight: ones([3], 'float64') })).toThrow(
    'binaryCrossEntropyWithLogits: weight is float64 [3], which does not broadcast to float64 [2, 2]; reshape or cast it',
  )
  expect(() =>
    binaryCrossEntropyWithLogits(logits, targets, { positiveWeight: ones([1, 2, 2], 'float64') }),
  ).toThrow('positiveWeight is float64 [1, 2, 2]')
  expect(() => binaryCrossEntropy(logits, targets, { weight: ones([2]) })).toThrow('weight is float32 [2]')
})
