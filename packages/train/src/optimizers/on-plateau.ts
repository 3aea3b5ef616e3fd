import { cast, clip, type Tensor } from '@tapeloop/core'
import { checkHyperparameter, handedOn, type Optimizer, type OptimizerState } from './optimizer.js'
import { reduceOnPlateau, type PlateauOptions, type PlateauState } from '../schedules/plateau.js'
import type { Schedule } from '../schedules/schedule.js'

/** How the learning rate begins, and when it falls. */
export interface OnPlateauOptions extends PlateauOptions {
  readonly learningRate: number
}

/**
 * An optimizer whose learning rate falls when the validation loss stops to get better: `reduceOnPlateau` for `fit`, which
 * hands the loss on from each validation that is due.
 *
 * State: `plateau` as `reduceOnPlateau` has it, and `optimizer`.
 *
 * @example
 * onPlateau((learningRate) => adam({ learningRate }), { learningRate: 0.01, patience: 3 })
 * @param make the optimizer for a learning rate, which differs from update to update
 * @throws where a number is out of its range
 */
export function onPlateau(
  make: (learningRate: Schedule) => Optimizer,
  { learningRate, ...options }: OnPlateauOptions,
): Optimizer {
  checkHyperparameter('onPlateau', 'learningRate', learningRate)
  const plateau = reduceOnPlateau(options)
  const optimizerAt = (rate: Tensor) => make((_step, dtype) => cast(rate, dtype))
  const begin = (): PlateauState => {
    const state = plateau.init(learningRate)
    // finite, because what is not finite is never saved
    return { ...state, best: clip(state.best, -3.4e38, 3.4e38) }
  }
  const { observe, average } = handedOn(optimizerAt(begin().learningRate))
  return {
    name: 'onPlateau',
    init: (params) => ({
      plateau: begin(),
      optimizer: optimizerAt(begin().learningRate).init(params),
    }),
    update(gradients, state, params) {
      const { learningRate: rate } = state['plateau'] as PlateauState
      const result = optimizerAt(rate).update(gradients, state['optimizer'] as OptimizerState, params)
      return { params: result.params, state: { plateau: state['plateau']!, optimizer: result.state } }
    },
    observe(loss, state) {
      const next = plateau.update(cast(loss, 'float32'), state['plateau'] as PlateauState)
      return { ...(observe ? observe(loss, state) : state), plateau: next }
    },
    ...(average && { average }),
  }
}
