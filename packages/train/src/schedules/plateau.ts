import {
  add,
  and,
  full,
  greater,
  less,
  maximum,
  mul,
  refuse,
  sub,
  where,
  type DType,
  type Operand,
  type Tensor,
} from '@tapeloop/core'
import { checkNumber, checkWhole } from '../check.js'

/** When a plateau is one, and what is done then. */
export interface PlateauOptions {
  /** Whether a smaller or a larger metric is better; min unless said. */
  readonly mode?: 'min' | 'max'
  /** What the learning rate is multiplied by; 0.1 unless said. */
  readonly factor?: number
  /** How many metrics in a row may be no better than the best before the rate falls; 10 unless said. */
  readonly patience?: number
  /** By how much a metric must be better to count as better; 1e-4 unless said. */
  readonly threshold?: number
  /** Whether the threshold is a part of the best metric, or a difference from it; relative unless said. */
  readonly thresholdMode?: 'relative' | 'absolute'
  /** How many metrics after a fall do not count as bad; 0 unless said. */
  readonly cooldown?: number
  /** What the learning rate never falls below; 0 unless said. */
  readonly minimum?: number
  /** A fall by no more than this is not made; 1e-8 unless said. */
  readonly epsilon?: number
}

/** What is remembered from metric to metric: scalars. */
export type PlateauState = Readonly<Record<'learningRate' | 'best' | 'bad' | 'cooldown', Tensor>>

/** A learning rate that follows a metric, as a pair of pure functions. Both may be called in and outside of `compile`. */
export interface Plateau {
  /** The state before the first metric. */
  init(learningRate: number, dtype?: DType): PlateauState
  /** The state after one more metric, usually a validation loss. */
  update(metric: Operand, state: PlateauState): PlateauState
}

/**
 * Makes the learning rate smaller when a metric stops to get better, as PyTorch does. What depends on a metric is no
 * function of the step: hand the state to the compiled step, where `() => state.learningRate` is the schedule.
 *
 * State: `learningRate`, `best`, and int32 `bad` (metrics since the best) and `cooldown` (how many do not count yet).
 *
 * @throws where a number is out of its range or a mode unknown
 */
export function reduceOnPlateau({
  mode = 'min',
  factor = 0.1,
  patience = 10,
  threshold = 1e-4,
  thresholdMode = 'relative',
  cooldown = 0,
  minimum = 0,
  epsilon = 1e-8,
}: PlateauOptions = {}): Plateau {
  const name = 'reduceOnPlateau'
  if (mode !== 'min' && mode !== 'max') refuse(name, `mode is ${String(mode)}; it must be min or max`)
  checkNumber(name, 'factor', factor, { minimum: 0, below: 1 })
  checkWhole(name, 'patience', patience, 0)
  checkNumber(name, 'threshold', threshold, { minimum: 0 })
  if (thresholdMode !== 'relative' && thresholdMode !== 'absolute')
    refuse(name, `thresholdMode is ${String(thresholdMode)}; it must be relative or absolute`)
  checkWhole(name, 'cooldown', cooldown, 0)
  checkNumber(name, 'minimum', minimum, { minimum: 0 })
  checkNumber(name, 'epsilon', epsilon, { minimum: 0 })
  const sign = mode === 'min' ? -1 : 1
  const isBetter = mode === 'min' ? less : greater
  return {
    init(learningRate, dtype = 'float32') {
      checkNumber(name, 'learningRate', learningRate, { minimum: 0 })
      return {
        learningRate: full(learningRate, [], dtype),
        best: full(-sign * Infinity, [], dtype),
        bad: full(0, [], 'int32'),
        cooldown: full(0, [], 'int32'),
      }
    },
    update(metric, { learningRate, best, bad, cooldown: resting }) {
      const mark =
        thresholdMode === 'relative' ? mul(best, 1 + sign * threshold) : add(best, sign * threshold)
      const better = isBetter(metric, mark)
      const rests = greater(resting, 0)
      const counted = where(better, 0, where(rests, 0, add(bad, 1)))
      const isOver = greater(counted, patience)
      const smaller = maximum(mul(learningRate, factor), minimum)
      const isWorth = greater(sub(learningRate, smaller), epsilon)
      return {
        learningRate: where(and(isOver, isWorth), smaller, learningRate),
        best: where(better, metric, best),
        bad: where(isOver, 0, counted),
        cooldown: where(isOver, cooldown, where(rests, sub(resting, 1), resting)),
      }
    },
  }
}
