import {
  add,
  and,
  cast,
  concat,
  div,
  equal,
  flatten,
  full,
  greater,
  isNaN,
  minimum,
  or,
  slice,
  sub,
  unflatten,
  where,
  zeros,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { checkWhole } from '../check.js'
import { chosen, emptied } from '../trees.js'
import { handedOn, type Hyperparameter, type Optimizer, type OptimizerState } from './optimizer.js'
import { sgd } from './sgd.js'

/** When averaging begins. */
export interface TriggerOptions {
  /** A validation loss above the best of those more than this many validations ago begins it; 5 unless said. */
  readonly patience?: number
}

/** The hyper-parameters of NT-ASGD. */
export interface NtAsgdOptions extends TriggerOptions {
  readonly learningRate: Hyperparameter
  /** Strength of the L2 penalty, added to the gradient; 0 unless said. */
  readonly weightDecay?: Hyperparameter
}

/**
 * Non-monotonically triggered averaged stochastic gradient descent (Merity, Keskar & Socher 2017, "Regularizing and
 * Optimizing LSTM Language Models"): `triggeredAveraging` of `sgd`, with the learning rate left as it is.
 *
 * @throws where a number is out of its range
 */
export function ntAsgd({ learningRate, weightDecay = 0, ...options }: NtAsgdOptions): Optimizer {
  return { ...triggeredAveraging(sgd({ learningRate, weightDecay }), options), name: 'ntAsgd' }
}

/**
 * Plain training until the validation loss does not improve any more, and from there on the mean of all weights, which is
 * what is evaluated, sampled from and kept, while the optimizer goes on from the weights themselves. Averaging begins with
 * the weights whose validation loss is above the best of all but the last `patience` validations, as in the authors'
 * program. It needs a validation loss: `fit` hands it on from each validation that is due.
 *
 * State: `count` (int32 `[]`, how many weights are in the mean), `mean`, `trigger` with `isOn` (bool), `best` (the best of
 * the older losses) and `recent` (`[patience]`, the others, the oldest first), and `optimizer`.
 *
 * @throws where `patience` is no whole number from 1
 */
export function triggeredAveraging(optimizer: Optimizer, { patience = 5 }: TriggerOptions = {}): Optimizer {
  checkWhole('triggeredAveraging', 'patience', patience, 1)
  const { observe } = handedOn(optimizer)
  return {
    name: 'triggeredAveraging',
    init: (params) => ({
      count: full(0, [], 'int32'),
      mean: emptied(params),
      trigger: {
        isOn: zeros([], 'bool'),
        best: full(largest, []),
        recent: full(largest, [patience]),
      },
      optimizer: optimizer.init(params),
    }),
    update(gradients, state, params) {
      const next = optimizer.update(gradients, state['optimizer'] as OptimizerState, params)
      const { isOn } = state['trigger'] as Trigger
      // the weights at which it was triggered are the first of the mean
      const isFirst = and(isOn, equal(state['count'] as Tensor, 0))
      const before = add(state['count'] as Tensor, cast(isFirst, 'int32'))
      const count = add(before, cast(isOn, 'int32'))
      const old = flatten(params).leaves
      const now = flatten(next.params)
      const mean = flatten(state['mean']!).leaves.map((leaf, i) => {
        const start = where(isFirst, old[i]!, leaf)
        const further = add(start, div(sub(now.leaves[i]!, start), cast(add(before, 1), leaf.dtype)))
        return where(isOn, further, leaf)
      })
      return {
        params: next.params,
        state: {
          count,
          mean: unflatten<Tree>(now.structure, mean),
          trigger: state['trigger']!,
          optimizer: next.state,
        },
      }
    },
    observe(loss, given) {
      const state = observe ? observe(loss, given) : given
      const { isOn, best, recent } = state['trigger'] as Trigger
      // a loss that is not a number is worse than any that is
      const found = where(isNaN(loss), largest, minimum(cast(loss, 'float32'), largest))
      const last = found.reshape([1])
      return {
        ...state,
        trigger: {
          isOn: or(isOn, greater(found, best)),
          best: minimum(best, slice(recent, [0])),
          recent: patience === 1 ? last : concat([slice(recent, [[1, patience]]), last]),
        },
      }
    },
    average: (state, params) =>
      chosen(greater(state['count'] as Tensor, 0), state['mean'] as typeof params, params),
  }
}

type Trigger = Readonly<Record<'isOn' | 'best' | 'recent', Tensor>>

/** Where there was no loss yet: finite, because what is not finite is never saved. */
const largest = 3.4e38
