import { mul, sign, sub } from '@tapeloop/core'
import {
  checkHyperparameter,
  complement,
  isOff,
  perParameter,
  runningMean,
  times,
  type Hyperparameter,
  type Optimizer,
} from './optimizer.js'

/** The hyper-parameters of Lion. */
export interface LionOptions {
  /** 0.0001 unless said: a third to a tenth of what Adam would have. */
  readonly learningRate?: Hyperparameter
  /** How much of the running mean stays in the direction, and in the mean itself; 0.9 and 0.99 unless said. */
  readonly betas?: readonly [Hyperparameter, Hyperparameter]
  /** Decoupled from the gradient; 0 unless said. */
  readonly weightDecay?: Hyperparameter
}

/**
 * Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms"): every number moves by the learning rate,
 * `p ← p - η·(sign(β₁·m + (1 - β₁)·g) + λ·p)`, and then `m ← β₂·m + (1 - β₂)·g`.
 *
 * State: `step`, `momentum` (m).
 *
 * @throws where a number is out of its range
 */
export function lion({
  learningRate = 0.0001,
  betas: [beta1, beta2] = [0.9, 0.99],
  weightDecay = 0,
}: LionOptions = {}): Optimizer {
  checkHyperparameter('lion', 'learningRate', learningRate)
  checkHyperparameter('lion', 'betas[0]', beta1, { minimum: 0, below: 1 })
  checkHyperparameter('lion', 'betas[1]', beta2, { minimum: 0, below: 1 })
  checkHyperparameter('lion', 'weightDecay', weightDecay)
  return perParameter('lion', ['momentum'], ({ at }) => {
    const rate = at(learningRate)
    const shrink = isOff(weightDecay) ? 1 : complement(times(rate, at(weightDecay)))
    return ({ parameter, gradient, momentum }) => {
      const direction = sign(runningMean(momentum, gradient, at(beta1)))
      const start = shrink === 1 ? parameter : mul(parameter, shrink)
      return {
        parameter: sub(start, mul(direction, rate)),
        momentum: runningMean(momentum, gradient, at(beta2)),
      }
    }
  })
}
