import { normal, randomKey, tensor, zeros, type Tensor } from '@tapeloop/core'
import { checkGradients } from '@tapeloop/testing'
import { expect, test } from 'vitest'
import { layerNorm } from './layer-norm.js'

const layer = layerNorm({ size: 4 })
const start = layer.init(randomKey(1), 'float64')

test('brings the last axis to mean 0 and variance 1', () => {
  const x = normal(randomKey(1), [3, 2, 4], { mean: 5, deviation: 3, dtype: 'float64' })
  const y = layer.apply(start, x)
  for (const mean of y.mean(-1).dataSync()) expect(mean).toBeCloseTo(0, 12)
  for (const variance of y.mul(y).mean(-1).dataSync()) expect(variance).toBeCloseTo(1, 4)
})

test('divides by √(biased variance + epsilon), then scales and shifts', () => {
  const x = tensor([1, 2, 3, 6], { dtype: 'float64' })
  const params = {
    gain: tensor([1, 2, 3, 4], { dtype: 'float64' }),
    bias: tensor([0, 0, 1, 1], { dtype: 'float64' }),
  }
  const root = Math.sqrt(14 / 4 + 0.5)
  const expected = [-2 / root, -2 / root, 1, 12 / root + 1]
  const wide = layerNorm({ size: 4, epsilon: 0.5 })
  wide
    .apply(params, x)
    .dataSync()
    .forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12))
  checkGradients((params: typeof start, x: Tensor) => wide.apply(params, x), [params, x])
})

test('does not divide by 0 where all features are equal', () => {
  expect(
    layer
      .apply(start, zeros([2, 4], 'float64'))
      .dataSync()
      .every((value) => value === 0),
  ).toBe(true)
})

test('refuses other features, sizes and epsilons', () => {
  expect(() => layer.apply(start, zeros([2, 1], 'float64'))).toThrow(
    'layerNorm: x has shape [2, 1]; its last axis must have 4 features',
  )
  expect(() => layerNorm({ size: 1.5 })).toThrow('layerNorm: size is 1.5; it must be a whole number from 1')
  expect(() => layerNorm({ size: 4, epsilon: 0 })).toThrow('layerNorm: epsilon is 0; it must be above 0')
})
