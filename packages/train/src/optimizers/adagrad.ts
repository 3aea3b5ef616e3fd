import { add, cast, div, mul, sqrt, square, sub } from '@tapeloop/core'
import {
  checkHyperparameter,
  penalised,
  perParameter,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of Adagrad. */
export interface AdagradOptions {
  /** 0.01 unless said. */
  readonly learningRate?: Hyperparameter
  /** The learning rate is divided by 1 + t times this, with t = 0 at the first update; 0 unless said. */
  readonly learningRateDecay?: Hyperparameter
  /** What the sum of g² begins with; 0 unless said. */
  readonly initialAccumulator?: Hyperparameter
  /** Added to the root; 1e-10 unless said. */
  readonly epsilon?: Hyperparameter
  /** Strength of the L2 penalty, added to the gradient; 0 unless said. */
  readonly weightDecay?: Hyperparameter
}

/**
 * Adagrad (Duchi, Hazan & Singer 2011, with a diagonal matrix), as PyTorch has it: `s ← s + g²`,
 * `p ← p - η / (1 + t·δ) · g / (√(s₀ + s) + ε)`, with t = 0 at the first update.
 *
 * State: `step`, `sumOfSquares` (s, without the s₀ of `initialAccumulator`).
 *
 * @throws where a number is out of its range
 */
export function adagrad({
  learningRate = 0.01,
  learningRateDecay = 0,
  initialAccumulator = 0,
  epsilon = 1e-10,
  weightDecay = 0,
}: AdagradOptions = {}): Optimizer {
  checkHyperparameter('adagrad', 'learningRate', learningRate)
  checkHyperparameter('adagrad', 'learningRateDecay', learningRateDecay)
  checkHyperparameter('adagrad', 'initialAccumulator', initialAccumulator)
  checkHyperparameter('adagrad', 'epsilon', epsilon)
  checkHyperparameter('adagrad', 'weightDecay', weightDecay)
  return perParameter('adagrad', ['sumOfSquares'], (context) => {
    const { step, dtype, at } = context
    const rate = div(at(learningRate), add(mul(cast(step, dtype), at(learningRateDecay)), 1))
    return (parts) => {
      const slope = penalised(context, parts, weightDecay)
      const sumOfSquares = add(parts.sumOfSquares, square(slope))
      const root = sqrt(add(sumOfSquares, at(initialAccumulator)))
      return {
        parameter: sub(parts.parameter, mul(div(slope, add(root, at(epsilon))), rate)),
        sumOfSquares,
      }
    }
  })
}
