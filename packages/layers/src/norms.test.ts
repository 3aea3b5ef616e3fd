/** The normalisations beside layer normalisation. */
import { concat, normal, randomKey, sliceAxis, tensor, zeros, type Tensor } from '@tapeloop/core'
import { checkClose, checkGradients } from '@tapeloop/testing'
import { describe, expect, test } from 'vitest'
import { batchNorm } from './batch-norm.js'
import { groupNorm } from './group-norm.js'
import { rmsNorm } from './rms-norm.js'

const random = (seed: number, shape: readonly number[]) =>
  normal(randomKey(seed), shape, { mean: 2, deviation: 3, dtype: 'float64' })
const weights = (size: number) => ({ gain: random(8, [size]), bias: random(9, [size]) })

describe('rmsNorm', () => {
  test('divides by the root of the mean square, and moves nothing', () => {
    const layer = rmsNorm({ size: 2, epsilon: 1 })
    const gain = tensor([1, 2], { dtype: 'float64' })
    const y = layer.apply({ gain }, tensor([3, Math.sqrt(39)], { dtype: 'float64' })).dataSync()
    expect(y[0]).toBeCloseTo(3 / 5, 12)
    expect(y[1]).toBeCloseTo((2 * Math.sqrt(39)) / 5, 12)
  })

  test('has right derivatives and refuses wrong sizes', () => {
    const layer = rmsNorm({ size: 3 })
    checkGradients(
      (gain: Tensor, x: Tensor) => layer.apply({ gain }, x),
      [random(1, [3]), random(2, [2, 4, 3])],
    )
    expect(() => layer.apply(layer.init(randomKey(1)), zeros([2]))).toThrow(
      'its last axis must have 3 features',
    )
    expect(() => rmsNorm({ size: 2, epsilon: 0 })).toThrow('rmsNorm: epsilon is 0; it must be above 0')
  })
})

describe('groupNorm', () => {
  const layer = groupNorm({ size: 4, groups: 2 })

  test('brings each group of a row to mean 0 and variance 1, each by itself', () => {
    const x = random(3, [3, 5, 4])
    const y = layer.apply(layer.init(randomKey(1), 'float64'), x).reshape([3, 5, 2, 2])
    for (const mean of y.mean([1, 3]).dataSync()) expect(mean).toBeCloseTo(0, 12)
    for (const variance of y.mul(y).mean([1, 3]).dataSync()) expect(variance).toBeCloseTo(1, 4)
  })

  test('has right derivatives and refuses groups that do not divide', () => {
    checkGradients(
      (params: ReturnType<typeof weights>, x: Tensor) => layer.apply(params, x),
      [weights(4), random(2, [2, 3, 4])],
    )
    expect(() => groupNorm({ size: 4, groups: 3 })).toThrow(
      'groupNorm: 3 groups do not divide 4 features evenly',
    )
    expect(() => layer.apply(layer.init(randomKey(1)), zeros([4]))).toThrow('it must be [batch, …, 4]')
  })
})

describe('batchNorm', () => {
  const layer = batchNorm({ size: 3 })
  const params = layer.init(randomKey(1), 'float64')
  const x = random(4, [5, 2, 3])

  test('in training brings each feature of the batch to mean 0 and variance 1', () => {
    const y = layer.apply(params, x)
    for (const mean of y.mean([0, 1]).dataSync()) expect(mean).toBeCloseTo(0, 12)
    for (const variance of y.mul(y).mean([0, 1]).dataSync()) expect(variance).toBeCloseTo(1, 4)
  })

  test('in evaluation uses what it observed, and keeps rows apart', () => {
    const all = batchNorm({ size: 3, momentum: 1 })
    const state = all.observe(all.initialState('float64'), x)
    const [unbiased, biased] = [all.apply(params, x, { state }), all.apply(params, x)]
    // 10 numbers a feature
    checkClose('evaluation', [unbiased.mul(Math.sqrt(10 / 9))], [biased], 1e-5)
    const alone = Array.from({ length: 5 }, (_, row) =>
      all.apply(params, sliceAxis(x, 0, row, row + 1), { state }),
    )
    checkClose('each row alone', [concat(alone)], [unbiased])
  })

  test('moves by its momentum towards what it observes', () => {
    const once = layer.observe(layer.initialState('float64'), x)
    checkClose('mean', [once.mean], [x.mean([0, 1]).mul(0.1)], 1e-12)
    const twice = layer.observe(once, x)
    checkClose('mean again', [twice.mean], [x.mean([0, 1]).mul(0.19)], 1e-12)
    for (const variance of twice.variance.dataSync()) expect(variance).toBeGreaterThan(1)
  })

  test('has right derivatives in both modes and refuses a wrong momentum', () => {
    const state = layer.observe(layer.initialState('float64'), x)
    for (const options of [{}, { state }]) {
      checkGradients(
        (params: ReturnType<typeof weights>, x: Tensor) => layer.apply(params, x, options),
        [weights(3), random(2, [4, 3])],
      )
    }
    expect(() => batchNorm({ size: 2, momentum: 0 })).toThrow(
      'batchNorm: momentum is 0; it must be above 0 and at most 1',
    )
  })
})
