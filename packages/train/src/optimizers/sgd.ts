import { add, equal, full, mul, refuse, sub, where } from '@tapeloop/core'
import {
  checkHyperparameter,
  complement,
  isOff,
  penalised,
  perParameter,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of stochastic gradient descent. */
export interface SgdOptions {
  readonly learningRate: Hyperparameter
  /** Part of the last direction that is kept; 0 unless said. */
  readonly momentum?: Hyperparameter
  /** Part of the gradient that does not enter the direction, except the first time; 0 unless said. */
  readonly dampening?: Hyperparameter
  /** Look ahead by one step of momentum; false unless said. */
  readonly nesterov?: boolean
  /** Strength of the L2 penalty, added to the gradient; 0 unless said. */
  readonly weightDecay?: Hyperparameter
}

/**
 * Stochastic gradient descent, with momentum (Polyak 1964) in the form of Sutskever et al. 2013 that PyTorch has:
 * `b ← μ·b + (1 - τ)·g`, where the first b is g itself; `p ← p - η·b`, or with Nesterov's acceleration
 * `p ← p - η·(g + μ·b)`.
 *
 * State: `step`, and with momentum `momentum`, the buffers b.
 *
 * @throws where a number is out of its range, or Nesterov's acceleration comes without momentum or with dampening
 */
export function sgd({
  learningRate,
  momentum = 0,
  dampening = 0,
  nesterov = false,
  weightDecay = 0,
}: SgdOptions): Optimizer {
  checkHyperparameter('sgd', 'learningRate', learningRate)
  checkHyperparameter('sgd', 'momentum', momentum)
  checkHyperparameter('sgd', 'weightDecay', weightDecay)
  if (nesterov && (isOff(momentum) || !isOff(dampening)))
    refuse('sgd', 'nesterov needs a momentum above 0 and a dampening of 0; set them, or leave nesterov out')
  const hasMomentum = !isOff(momentum)
  return perParameter('sgd', hasMomentum ? ['momentum'] : [], (context) => {
    const { step, dtype, at } = context
    const rate = at(learningRate)
    const kept = at(momentum)
    const entering = complement(at(dampening))
    // the buffer starts as zeros, so the first gradient enters whole: no case of its own for the first update
    const weight = isOff(dampening) ? 1 : where(equal(step, 0), full(1, [], dtype), entering)
    return (parts) => {
      const { parameter, momentum: buffer } = parts
      const slope = penalised(context, parts, weightDecay)
      if (!hasMomentum) return { parameter: sub(parameter, mul(slope, rate)), momentum: buffer }
      const next = add(mul(buffer, kept), mul(slope, weight))
      const direction = nesterov ? add(slope, mul(next, kept)) : next
      return { parameter: sub(parameter, mul(direction, rate)), momentum: next }
    }
  })
}
