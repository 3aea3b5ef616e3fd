import {
  add,
  cast,
  div,
  equal,
  flatten,
  full,
  unflatten,
  where,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { chosen, emptied } from '../trees.js'
import {
  checkHyperparameter,
  complementOfPower,
  handedOn,
  runningMean,
  type Optimizer,
  type OptimizerState,
} from './optimizer.js'

/** How weights are averaged. */
export interface EmaOptions {
  /** How much of the mean is kept at each update; 0.999 unless said. */
  readonly decay?: number
}

/**
 * An exponential moving average of the weights, which is what is evaluated, sampled from and kept, while the optimizer goes
 * on from the weights themselves (Kingma & Ba 2015, §7.2, with their correction of the start): `w̄ ← δ·w̄ + (1 - δ)·w`
 * from 0, and the average is `w̄ / (1 - δᵗ)`.
 *
 * State: `step`, `mean` (w̄), `optimizer`.
 *
 * @throws where `decay` is not in [0, 1)
 */
export function ema(optimizer: Optimizer, { decay = 0.999 }: EmaOptions = {}): Optimizer {
  checkHyperparameter('ema', 'decay', decay, { minimum: 0, below: 1 })
  return {
    ...handedOn(optimizer),
    name: 'ema',
    init: (params) => ({
      step: full(0, [], 'int32'),
      mean: emptied(params),
      optimizer: optimizer.init(params),
    }),
    update(gradients, state, params) {
      const next = optimizer.update(gradients, state['optimizer'] as OptimizerState, params)
      // where the optimizer inside has a mean of its own, that is what is averaged
      const now = flatten(optimizer.average?.(next.state, next.params) ?? next.params)
      const mean = flatten(state['mean']!).leaves.map((leaf, i) => runningMean(leaf, now.leaves[i]!, decay))
      return {
        params: next.params,
        state: {
          step: add(state['step'] as Tensor, 1),
          mean: unflatten<Tree>(now.structure, mean),
          optimizer: next.state,
        },
      }
    },
    average(state, params) {
      const step = state['step'] as Tensor
      const { leaves, structure } = flatten(state['mean']!)
      const corrected = leaves.map((leaf) => {
        const weight = decay === 0 ? 1 : complementOfPower(decay, cast(step, leaf.dtype))
        return div(leaf, where(equal(step, 0), full(1, [], leaf.dtype), weight))
      })
      return chosen(equal(step, 0), params, unflatten<typeof params>(structure, corrected))
    },
  }
}
