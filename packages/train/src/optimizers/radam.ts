import {
  add,
  cast,
  div,
  full,
  less,
  mul,
  sqrt,
  square,
  sub,
  where,
  type Operand,
  type Tensor,
} from '@tapeloop/core'
import {
  checkHyperparameter,
  complement,
  complementOfPower,
  penalised,
  perParameter,
  runningMean,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of RAdam. */
export interface RadamOptions {
  /** 0.001 unless said. */
  readonly learningRate?: Hyperparameter
  /** How much of the running means of g and of g² is kept at each update; 0.9 and 0.999 unless said. */
  readonly betas?: readonly [Hyperparameter, Hyperparameter]
  /** Added to the root of the second moment; 1e-8 unless said. */
  readonly epsilon?: Hyperparameter
  /** Strength of the L2 penalty, added to the gradient; 0 unless said. */
  readonly weightDecay?: Hyperparameter
}

/**
 * RAdam, which is Adam with a rectified learning rate (Liu et al. 2020, algorithm 2), as PyTorch has it: the moments m
 * and v of Adam, `m̂ = m / (1 - β₁ᵗ)`, `ρ∞ = 2 / (1 - β₂) - 1`, `ρₜ = ρ∞ - 2t·β₂ᵗ / (1 - β₂ᵗ)`, and
 * `p ← p - η·m̂·r·√(1 - β₂ᵗ) / (√v + ε)` with `r² = (ρₜ-4)(ρₜ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρₜ)` where ρₜ > 5, else
 * `p ← p - η·m̂`; t = 1 at the first update.
 *
 * State: `step`, `firstMoment` (m), `secondMoment` (v).
 *
 * @throws where a number is out of its range
 */
export function radam({
  learningRate = 0.001,
  betas: [beta1, beta2] = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0,
}: RadamOptions = {}): Optimizer {
  checkHyperparameter('radam', 'learningRate', learningRate)
  checkHyperparameter('radam', 'betas[0]', beta1, { minimum: 0, below: 1 })
  checkHyperparameter('radam', 'betas[1]', beta2, { minimum: 0, below: 1 })
  checkHyperparameter('radam', 'epsilon', epsilon)
  checkHyperparameter('radam', 'weightDecay', weightDecay)
  return perParameter('radam', ['firstMoment', 'secondMoment'], (context) => {
    const { step, dtype, at } = context
    const [keep1, keep2] = [at(beta1), at(beta2)]
    const scale = div(at(learningRate), complementOfPower(keep1, cast(add(step, 1), dtype)))
    const { isKnown, factor } = rectification(keep2, step)
    return (parts) => {
      const slope = penalised(context, parts, weightDecay)
      const firstMoment = runningMean(parts.firstMoment, slope, keep1)
      const secondMoment = runningMean(parts.secondMoment, square(slope), keep2)
      const adaptive = div(cast(factor, dtype), add(sqrt(secondMoment), at(epsilon)))
      const direction = mul(firstMoment, where(isKnown, adaptive, 1))
      return { parameter: sub(parts.parameter, mul(direction, scale)), firstMoment, secondMoment }
    }
  })
}

/**
 * Whether the variance of the adaptive rate is known yet (ρₜ > 5), and r·√(1 - β₂ᵗ). In float64 always: ρₜ is a small
 * difference of two numbers near 2 / (1 - β₂).
 */
function rectification(beta: Operand, step: Tensor): { readonly isKnown: Tensor; readonly factor: Tensor } {
  const keep = typeof beta === 'number' ? beta : cast(beta, 'float64')
  const count = cast(add(step, 1), 'float64')
  const correction = complementOfPower(keep, count)
  const limit = sub(div(full(2, [], 'float64'), complement(keep)), 1)
  const rho = sub(limit, div(mul(mul(count, 2), sub(1, correction)), correction))
  const isKnown = less(5, rho)
  const part = (x: Tensor) => div(mul(sub(x, 4), sub(x, 2)), x)
  // no root of a negative number and no division by 0, even where the factor is not used
  const safe = (x: Tensor) => part(where(isKnown, x, 5))
  return { isKnown, factor: sqrt(mul(div(safe(rho), safe(limit)), correction)) }
}
