import { add, div, mul, sqrt, square, sub } from '@tapeloop/core'
import {
  checkHyperparameter,
  penalised,
  perParameter,
  runningMean,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of Adadelta. */
export interface AdadeltaOptions {
  /** 1 unless said: the method finds the size of its steps itself. */
  readonly learningRate?: Hyperparameter
  /** How much of both running means is kept at each update; 0.9 unless said. */
  readonly decay?: Hyperparameter
  /** Added under both roots; 1e-6 unless said. */
  readonly epsilon?: Hyperparameter
  /** Strength of the L2 penalty, added to the gradient; 0 unless said. */
  readonly weightDecay?: Hyperparameter
}

/**
 * Adadelta (Zeiler 2012, algorithm 1): `v ← ρ·v + (1 - ρ)·g²`, `d = √(u + ε) / √(v + ε) · g`, `u ← ρ·u + (1 - ρ)·d²`,
 * `p ← p - η·d`.
 *
 * State: `step`, `meanSquare` (v), `meanSquareUpdate` (u).
 *
 * @throws where a number is out of its range
 */
export function adadelta({
  learningRate = 1,
  decay = 0.9,
  epsilon = 1e-6,
  weightDecay = 0,
}: AdadeltaOptions = {}): Optimizer {
  checkHyperparameter('adadelta', 'learningRate', learningRate)
  checkHyperparameter('adadelta', 'decay', decay, { minimum: 0, below: 1 })
  checkHyperparameter('adadelta', 'epsilon', epsilon)
  checkHyperparameter('adadelta', 'weightDecay', weightDecay)
  return perParameter('adadelta', ['meanSquare', 'meanSquareUpdate'], (context) => {
    const { at } = context
    const [rate, keep] = [at(learningRate), at(decay)]
    const root = (x: Parameters<typeof sqrt>[0]) => sqrt(add(x, at(epsilon)))
    return (parts) => {
      const slope = penalised(context, parts, weightDecay)
      const meanSquare = runningMean(parts.meanSquare, square(slope), keep)
      const direction = mul(div(root(parts.meanSquareUpdate), root(meanSquare)), slope)
      return {
        parameter: sub(parts.parameter, mul(direction, rate)),
        meanSquare,
        meanSquareUpdate: runningMean(parts.meanSquareUpdate, square(direction), keep),
      }
    }
  })
}
