import {
  concat,
  exp,
  full,
  grad,
  normal,
  randomKey,
  softmax,
  square,
  tensor,
  type Tensor,
} from '@tapeloop/core'
import { checkClose, checkGradients } from '@tapeloop/testing'
import { expect, test } from 'vitest'
import { gaussianNegativeLogLikelihood } from './likelihood.js'
import { mixtureDensityLoss, splitMixture } from './mixture-density.js'

const draw = (seed: number, shape: readonly number[]) => normal(randomKey(seed), shape, { dtype: 'float64' })

test('one component is a normal distribution', () => {
  const [means, logDeviations, targets] = [draw(1, [4, 1]), draw(2, [4, 1]), draw(3, [4, 1])]
  const outputs = concat([draw(4, [4, 1]), means, logDeviations], 1)
  const variances = square(exp(logDeviations))
  const expected = gaussianNegativeLogLikelihood(means, variances, targets, { full: true, epsilon: 0 })
  checkClose('loss', [mixtureDensityLoss(outputs, targets)], [expected], 1e-12)
})

test('several are the sum of their densities by weight, over independent coordinates', () => {
  const [outputs, targets] = [draw(5, [2, 3, 10]), draw(6, [2, 3, 2])]
  const { logits, means, logDeviations } = splitMixture(outputs, 2)
  expect([logits.shape, means.shape, logDeviations.shape]).toEqual([
    [2, 3, 2],
    [2, 3, 2, 2],
    [2, 3, 2, 2],
  ])
  const losses = mixtureDensityLoss(outputs, targets, { reduction: 'none' })
  expect(losses.shape).toEqual([2, 3])
  const [weights, μ, logs, t] = [softmax(logits), means, logDeviations, targets].map((x) => [...x.dataSync()])
  losses.dataSync().forEach((loss, row) => {
    let density = 0
    for (let k = 0; k < 2; k++) {
      let product = weights![row * 2 + k]!
      for (let d = 0; d < 2; d++) {
        const at = (row * 2 + k) * 2 + d
        const deviation = Math.exp(logs![at]!)
        const z = (t![row * 2 + d]! - μ![at]!) / deviation
        product *= Math.exp(-z * z * 0.5) / (deviation * Math.sqrt(2 * Math.PI))
      }
      density += product
    }
    expect(loss).toBeCloseTo(-Math.log(density), 10)
  })
  expect(mixtureDensityLoss(outputs, targets).itemSync()).toBeCloseTo(losses.mean().itemSync(), 12)
})

test('has right derivatives, and a gradient where the density underflows', () => {
  checkGradients(
    (outputs: Tensor, targets: Tensor) => mixtureDensityLoss(outputs, targets),
    [draw(7, [3, 10]), draw(8, [3, 2])],
  )
  const outputs = full(0, [1, 6])
  const gradient = grad((outputs: Tensor) => mixtureDensityLoss(outputs, tensor([[300]])))(outputs)
  const { means } = splitMixture(gradient, 1)
  expect([...means.dataSync()]).toEqual([-150, -150])
})

test('nonsense is refused by name', () => {
  const targets = draw(1, [2, 3])
  expect(() => mixtureDensityLoss(draw(2, [2, 8]), targets)).toThrow(
    'mixtureDensityLoss: the outputs have shape [2, 8]; for targets of 3 numbers the last axis must be 7 for each component',
  )
  expect(() => mixtureDensityLoss(draw(2, [3, 7]), targets)).toThrow(
    'mixtureDensityLoss: the outputs are float64 [3, 7] and the targets float64 [2, 3]; make them equal but for the last axis',
  )
  expect(() => splitMixture(draw(2, [2, 7]), 0)).toThrow('splitMixture: the outputs have shape [2, 7]')
})
