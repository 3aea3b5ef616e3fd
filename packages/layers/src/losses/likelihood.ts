import {
  add,
  div,
  equal,
  exp,
  greater,
  log,
  maximum,
  mul,
  square,
  stopGradient,
  sub,
  where,
  type Tensor,
} from '@tapeloop/core'
import {
  checkAlike,
  checkAmount,
  checkReduction,
  reduce,
  type LossOptions,
  type Reduction,
} from './reduction.js'

/**
 * The Kullback–Leibler divergence Σ t·(ln t − ln p) of the distribution t from the one of which `logProbabilities` are
 * given, in nats. Elements with t = 0 count 0. Shapes are equal.
 *
 * @param options `reduction`: `mean` (unless said) divides by the number of elements, `batchMean` by that of the first
 *   axis, which is the divergence of an example where examples are rows
 * @throws where shapes or dtypes differ
 */
export function klDivergence(
  logProbabilities: Tensor,
  targets: Tensor,
  { reduction = 'mean' }: { readonly reduction?: Reduction | 'batchMean' } = {},
): Tensor {
  const own = reduction === 'batchMean' ? 'sum' : reduction
  checkReduction('klDivergence', own)
  checkAlike('klDivergence', logProbabilities, targets)
  const safe = where(equal(targets, 0), 1, targets)
  const total = reduce(mul(targets, sub(log(safe), logProbabilities)), null, own)
  return reduction === 'batchMean' ? total.div(logProbabilities.shape[0] ?? 1) : total
}

/**
 * −ln P(t) for counts t that are Poisson distributed, without the term ln t! that no parameter changes: `e^x − t·x` for
 * the logarithm x of the rate, or with `logRates: false` `x − t·ln(x + ε)` for the rate itself. Averaged over all
 * elements unless said; ε is 1e-8 unless said. Shapes are equal.
 *
 * @param options `full`: with Stirling's approximation of ln t!, `t·ln t − t + ln(2πt) / 2` where t is above 1, else 0
 * @throws where shapes or dtypes differ
 */
export function poissonNegativeLogLikelihood(
  rates: Tensor,
  targets: Tensor,
  {
    reduction = 'mean',
    logRates = true,
    epsilon = 1e-8,
    full = false,
  }: LossOptions & { readonly logRates?: boolean; readonly epsilon?: number; readonly full?: boolean } = {},
): Tensor {
  const name = 'poissonNegativeLogLikelihood'
  checkReduction(name, reduction)
  checkAlike(name, rates, targets)
  checkAmount(name, 'epsilon', epsilon, 'from 0')
  const losses = logRates
    ? sub(exp(rates), mul(targets, rates))
    : sub(rates, mul(targets, log(add(rates, epsilon))))
  return reduce(full ? add(losses, stirling(targets)) : losses, null, reduction)
}

/** ln t! for large t; 0 up to 1, where it is exact. */
function stirling(t: Tensor): Tensor {
  const large = maximum(t, 1)
  const above = sub(add(mul(add(large, 0.5), log(large)), Math.log(2 * Math.PI) / 2), large)
  return where(greater(t, 1), above, 0)
}

/**
 * −ln p(t) for t that are normally distributed, without the term ln(2π) / 2: `(ln v + (t − μ)² / v) / 2`, where no
 * variance v counts as less than ε, 1e-6 unless said, which does not stop its gradient: it can grow again. Averaged
 * over all elements unless said. Shapes are equal.
 *
 * @param options `full`: with the term ln(2π) / 2
 * @throws where shapes or dtypes differ
 */
export function gaussianNegativeLogLikelihood(
  means: Tensor,
  variances: Tensor,
  targets: Tensor,
  {
    reduction = 'mean',
    epsilon = 1e-6,
    full = false,
  }: LossOptions & { readonly epsilon?: number; readonly full?: boolean } = {},
): Tensor {
  const name = 'gaussianNegativeLogLikelihood'
  checkReduction(name, reduction)
  checkAlike(name, means, variances)
  checkAlike(name, means, targets)
  checkAmount(name, 'epsilon', epsilon, 'from 0')
  const variance = add(variances, stopGradient(maximum(sub(epsilon, variances), 0)))
  const twice = add(log(variance), div(square(sub(means, targets)), variance))
  return reduce(add(mul(twice, 0.5), full ? Math.log(2 * Math.PI) / 2 : 0), null, reduction)
}
