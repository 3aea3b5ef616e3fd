import { grad, log, logSoftmax, softmax, tensor, type Tensor } from '@tapeloop/core'
import { checkGradients } from '@tapeloop/testing'
import { expect, test } from 'vitest'
import { crossEntropy } from './cross-entropy.js'
import { gaussianNegativeLogLikelihood, klDivergence, poissonNegativeLogLikelihood } from './likelihood.js'
import type { Reduction } from './reduction.js'

const float64 = (data: number[] | number[][]) => tensor(data, { dtype: 'float64' })
const logits = float64([
  [1, 2, 0.5],
  [-1, 0, 3],
])
const targets = softmax(
  float64([
    [0, 1, 2],
    [1, 1, -1],
  ]),
)

test('klDivergence is the cross entropy less the entropy, and 0 of itself', () => {
  const entropy = targets.mul(log(targets)).sum().neg().itemSync()
  const cross = crossEntropy(logits, targets, { reduction: 'sum' }).itemSync()
  const total = klDivergence(logSoftmax(logits), targets, { reduction: 'sum' }).itemSync()
  expect(total).toBeCloseTo(cross - entropy, 12)
  expect(klDivergence(logSoftmax(logits), targets, { reduction: 'batchMean' }).itemSync()).toBeCloseTo(
    total / 2,
    12,
  )
  expect(klDivergence(logSoftmax(logits), targets).itemSync()).toBeCloseTo(total / 6, 12)
  expect(klDivergence(log(targets), targets, { reduction: 'sum' }).itemSync()).toBeCloseTo(0, 12)
})

test('klDivergence counts nothing where the target is 0', () => {
  const sure = float64([[0, 1, 0]])
  const logs = logSoftmax(float64([[1, 2, 3]]))
  expect(klDivergence(logs, sure, { reduction: 'sum' }).itemSync()).toBeCloseTo(-logs.dataSync()[1]!, 12)
})

test('poissonNegativeLogLikelihood is least at the counts, from rates and from their logarithms', () => {
  const counts = float64([1, 2, 5])
  const rates = float64([1.5, 0.5, 4])
  const losses = poissonNegativeLogLikelihood(rates, counts, {
    logRates: false,
    epsilon: 0,
    reduction: 'none',
  })
  rates.dataSync().forEach((rate, i) => {
    const k = [1, 2, 5][i]!
    expect(losses.dataSync()[i]).toBeCloseTo(rate - k * Math.log(rate), 12)
  })
  const ofLogs = poissonNegativeLogLikelihood(log(rates), counts)
  expect(ofLogs.itemSync()).toBeCloseTo(losses.mean().itemSync(), 12)
  const best = poissonNegativeLogLikelihood(log(counts), counts).itemSync()
  expect(best).toBeLessThan(ofLogs.itemSync())
})

test('poissonNegativeLogLikelihood in full is near minus the logarithm of the probability', () => {
  const counts = [0, 1, 2, 5, 20]
  const of = (full: boolean) =>
    poissonNegativeLogLikelihood(float64(counts.map(() => 0)), float64(counts), { full, reduction: 'none' })
  const logFactorials = of(true).sub(of(false)).dataSync()
  counts.forEach((count, i) => {
    const factorial = Array.from({ length: count }, (_, k) => k + 1).reduce((a, b) => a * b, 1)
    expect(Math.abs(logFactorials[i]! - Math.log(factorial))).toBeLessThan(1 / (12 * Math.max(1, count)))
  })
})

test('gaussianNegativeLogLikelihood is minus the logarithm of the density', () => {
  const [means, variances, values] = [float64([0, 1]), float64([1, 4]), float64([0.5, -1])]
  const losses = gaussianNegativeLogLikelihood(means, variances, values, { full: true, reduction: 'none' })
  const densities = [Math.exp(-0.125) / Math.sqrt(2 * Math.PI), Math.exp(-0.5) / Math.sqrt(8 * Math.PI)]
  densities.forEach((density, i) => expect(losses.dataSync()[i]).toBeCloseTo(-Math.log(density), 12))
  const without = gaussianNegativeLogLikelihood(means, variances, values, { reduction: 'none' })
  expect(losses.sub(without).dataSync()[0]).toBeCloseTo(Math.log(2 * Math.PI) / 2, 12)
  const none = gaussianNegativeLogLikelihood(means, float64([0, 0]), means, { epsilon: 0.5 })
  expect(none.itemSync()).toBeCloseTo(Math.log(0.5) / 2, 12)
})

test('a variance below the least has the gradient of the least, so that it grows where the error is large', () => {
  const lossOf = (variance: Tensor) =>
    gaussianNegativeLogLikelihood(float64([0]), variance, float64([3]), { epsilon: 0.5 })
  const at = (variance: number) => grad(lossOf)(float64([variance])).itemSync()
  expect(at(0.1)).toBeCloseTo(at(0.5), 12)
  expect(at(0.1)).toBeLessThan(0)
})

test('all have right derivatives', () => {
  const [counts, positive] = [float64([1, 2, 5]), float64([1.5, 0.5, 4])]
  checkGradients((x: Tensor, t: Tensor) => klDivergence(x, t), [logSoftmax(logits), targets])
  for (const logRates of [true, false])
    checkGradients((x: Tensor) => poissonNegativeLogLikelihood(x, counts, { logRates }), [positive])
  checkGradients(
    (m: Tensor, v: Tensor, t: Tensor) => gaussianNegativeLogLikelihood(m, v, t),
    [counts, positive, float64([0, 3, 4])],
  )
})

test('nonsense is refused by name', () => {
  const x = float64([1, 2])
  expect(() => klDivergence(x, x, { reduction: 'avg' as Reduction })).toThrow(
    'klDivergence: the reduction is avg; it must be mean or sum or none',
  )
  expect(() => klDivergence(x, float64([1]))).toThrow('klDivergence: the operands are')
  expect(() => poissonNegativeLogLikelihood(x, x, { epsilon: -1 })).toThrow(
    'poissonNegativeLogLikelihood: epsilon is -1; it must be a finite number from 0',
  )
  expect(() => gaussianNegativeLogLikelihood(x, x, float64([1]))).toThrow(
    'gaussianNegativeLogLikelihood: the operands are float64 [2] and float64 [1]',
  )
})
