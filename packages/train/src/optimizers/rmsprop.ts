import { add, div, maximum, mul, sqrt, square, sub } from '@tapeloop/core'
import {
  checkHyperparameter,
  isOff,
  penalised,
  perParameter,
  runningMean,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of RMSprop. */
export interface RmspropOptions {
  /** 0.01 unless said. */
  readonly learningRate?: Hyperparameter
  /** How much of the running mean of g² is kept at each update; 0.99 unless said. */
  readonly decay?: Hyperparameter
  /** Added to the root; 1e-8 unless said. */
  readonly epsilon?: Hyperparameter
  /** Divide by the deviation of g, not by its root mean square (Graves 2013, eq. 38–45); false unless said. */
  readonly centered?: boolean
  /** Part of the last direction that is kept; 0 unless said. */
  readonly momentum?: Hyperparameter
  /** Strength of the L2 penalty, added to the gradient; 0 unless said. */
  readonly weightDecay?: Hyperparameter
}

/**
 * RMSprop (Tieleman & Hinton 2012, lecture 6e), as PyTorch has it: `v ← α·v + (1 - α)·g²`, `d = g / (√v + ε)`,
 * `p ← p - η·d`. With `centered` the root is of `v - a²`, where `a ← α·a + (1 - α)·g`; with momentum `b ← μ·b + d`
 * takes the place of d.
 *
 * State: `step`, `meanSquare` (v), with `centered` `mean` (a), and with momentum `momentum` (b).
 *
 * @throws where a number is out of its range
 */
export function rmsprop({
  learningRate = 0.01,
  decay = 0.99,
  epsilon = 1e-8,
  centered = false,
  momentum = 0,
  weightDecay = 0,
}: RmspropOptions = {}): Optimizer {
  checkHyperparameter('rmsprop', 'learningRate', learningRate)
  checkHyperparameter('rmsprop', 'decay', decay, { minimum: 0, below: 1 })
  checkHyperparameter('rmsprop', 'epsilon', epsilon)
  checkHyperparameter('rmsprop', 'momentum', momentum)
  checkHyperparameter('rmsprop', 'weightDecay', weightDecay)
  const hasMomentum = !isOff(momentum)
  const slots = [
    'meanSquare',
    ...(centered ? (['mean'] as const) : []),
    ...(hasMomentum ? (['momentum'] as const) : []),
  ] as const
  return perParameter('rmsprop', slots, (context) => {
    const { at } = context
    const [rate, keep] = [at(learningRate), at(decay)]
    return (parts) => {
      const slope = penalised(context, parts, weightDecay)
      const meanSquare = runningMean(parts.meanSquare, square(slope), keep)
      const mean = centered ? runningMean(parts.mean, slope, keep) : parts.mean
      // of a gradient that stays the same nothing is left but rounding, of either sign
      const spread = centered ? maximum(sub(meanSquare, square(mean)), 0) : meanSquare
      const scaled = div(slope, add(sqrt(spread), at(epsilon)))
      const direction = hasMomentum ? add(mul(parts.momentum, at(momentum)), scaled) : scaled
      return { parameter: sub(parts.parameter, mul(direction, rate)), meanSquare, mean, momentum: direction }
    }
  })
}
