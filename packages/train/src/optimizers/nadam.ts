import { add, cast, div, exp, expm1, log, mul, neg, pow, sqrt, square, sub } from '@tapeloop/core'
import {
  checkHyperparameter,
  complementOfPower,
  penalised,
  perParameter,
  runningMean,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of NAdam. */
export interface NadamOptions {
  /** 0.002 unless said. */
  readonly learningRate?: Hyperparameter
  /** How much of the running means of g and of g² is kept at each update; 0.9 and 0.999 unless said. */
  readonly betas?: readonly [Hyperparameter, Hyperparameter]
  /** Added to the root of the second moment; 1e-8 unless said. */
  readonly epsilon?: Hyperparameter
  /** How fast the momentum grows from half of β₁ to all of it; 0.004 unless said. */
  readonly momentumDecay?: Hyperparameter
  /**
   * Count μₜ twice in Πₜ₊₁, for the numbers of PyTorch before 2.0, where that was a mistake (its pull request 92699);
   * false unless said.
   */
  readonly repeatMomentum?: boolean
  /** Strength of the L2 penalty, added to the gradient; 0 unless said. */
  readonly weightDecay?: Hyperparameter
}

/**
 * NAdam, which is Adam with Nesterov's acceleration (Dozat 2016), as PyTorch 2 has it: the moments m and v of Adam, the
 * momentum `μₜ = β₁·(1 - 0.96^(t·ψ) / 2)`, the product `Πₜ = μ₁ … μₜ`, and with t = 1 at the first update
 * `p ← p - η·((1 - μₜ) / (1 - Πₜ)·g + μₜ₊₁ / (1 - Πₜ₊₁)·m) / (√(v / (1 - β₂ᵗ)) + ε)`.
 *
 * State: `step`, `firstMoment` (m), `secondMoment` (v), and for each parameter the scalar `logMomentum` (ln Πₜ).
 *
 * @throws where a number is out of its range
 */
export function nadam({
  learningRate = 0.002,
  betas: [beta1, beta2] = [0.9, 0.999],
  epsilon = 1e-8,
  momentumDecay = 0.004,
  repeatMomentum = false,
  weightDecay = 0,
}: NadamOptions = {}): Optimizer {
  checkHyperparameter('nadam', 'learningRate', learningRate)
  checkHyperparameter('nadam', 'betas[0]', beta1, { minimum: 0, below: 1 })
  checkHyperparameter('nadam', 'betas[1]', beta2, { minimum: 0, below: 1 })
  checkHyperparameter('nadam', 'epsilon', epsilon)
  checkHyperparameter('nadam', 'momentumDecay', momentumDecay)
  checkHyperparameter('nadam', 'weightDecay', weightDecay)
  const slots = ['firstMoment', 'secondMoment', 'logMomentum'] as const
  return perParameter(
    'nadam',
    slots,
    (context) => {
      const { step, dtype, at } = context
      const [rate, keep1, keep2] = [at(learningRate), at(beta1), at(beta2)]
      const count = cast(add(step, 1), dtype)
      const momentumAt = (t: typeof count) =>
        mul(sub(1, mul(pow(0.96, mul(t, at(momentumDecay))), 0.5)), keep1)
      const [now, next] = [momentumAt(count), momentumAt(add(count, 1))]
      const correction = complementOfPower(keep2, count)
      return (parts) => {
        const slope = penalised(context, parts, weightDecay)
        const firstMoment = runningMean(parts.firstMoment, slope, keep1)
        const secondMoment = runningMean(parts.secondMoment, square(slope), keep2)
        const logMomentum = add(parts.logMomentum, log(now))
        const ofGradient = div(sub(1, now), neg(expm1(logMomentum)))
        const ahead = repeatMomentum ? mul(now, next) : next
        const ofMoment = div(next, sub(1, mul(exp(logMomentum), ahead)))
        const direction = add(mul(slope, ofGradient), mul(firstMoment, ofMoment))
        const root = add(sqrt(div(secondMoment, correction)), at(epsilon))
        return {
          parameter: sub(parts.parameter, mul(div(direction, root), rate)),
          firstMoment,
          secondMoment,
          logMomentum,
        }
      }
    },
    { scalars: ['logMomentum'] },
  )
}
