import { abs, add, cast, div, maximum, mul, sub } from '@tapeloop/core'
import {
  checkHyperparameter,
  complementOfPower,
  penalised,
  perParameter,
  runningMean,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of Adamax. */
export interface AdamaxOptions {
  /** 0.002 unless said. */
  readonly learningRate?: Hyperparameter
  /** How much of the running mean of g and of the norm is kept at each update; 0.9 and 0.999 unless said. */
  readonly betas?: readonly [Hyperparameter, Hyperparameter]
  /** Added to |g|; 1e-8 unless said. */
  readonly epsilon?: Hyperparameter
  /** Strength of the L2 penalty, added to the gradient; 0 unless said. */
  readonly weightDecay?: Hyperparameter
}

/**
 * Adamax, which is Adam with the infinity norm (Kingma & Ba 2015, algorithm 2), as PyTorch has it:
 * `m ← β₁·m + (1 - β₁)·g`, `u ← max(β₂·u, |g| + ε)`, `p ← p - η / (1 - β₁ᵗ) · m / u`, with t = 1 at the first update.
 *
 * State: `step`, `firstMoment` (m), `infinityNorm` (u).
 *
 * @throws where a number is out of its range
 */
export function adamax({
  learningRate = 0.002,
  betas: [beta1, beta2] = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0,
}: AdamaxOptions = {}): Optimizer {
  checkHyperparameter('adamax', 'learningRate', learningRate)
  checkHyperparameter('adamax', 'betas[0]', beta1, { minimum: 0, below: 1 })
  checkHyperparameter('adamax', 'betas[1]', beta2, { minimum: 0, below: 1 })
  checkHyperparameter('adamax', 'epsilon', epsilon)
  checkHyperparameter('adamax', 'weightDecay', weightDecay)
  return perParameter('adamax', ['firstMoment', 'infinityNorm'], (context) => {
    const { step, dtype, at } = context
    const [keep1, keep2] = [at(beta1), at(beta2)]
    const scale = div(at(learningRate), complementOfPower(keep1, cast(add(step, 1), dtype)))
    return (parts) => {
      const slope = penalised(context, parts, weightDecay)
      const firstMoment = runningMean(parts.firstMoment, slope, keep1)
      const infinityNorm = maximum(mul(parts.infinityNorm, keep2), add(abs(slope), at(epsilon)))
      return {
        parameter: sub(parts.parameter, mul(div(firstMoment, infinityNorm), scale)),
        firstMoment,
        infinityNorm,
      }
    }
  })
}
