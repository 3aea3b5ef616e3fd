import { refuse } from '@tapeloop/core'
import { checkNumber, checkWhole } from './check.js'
import type { Evaluation } from './evaluate.js'

/** When training ends before its time. */
export interface EarlyStopping {
  /** After how many validations in a row that are no better than the best one. */
  readonly patience: number
  /** By how much a validation must be better than the best to count as better; 0 unless said. */
  readonly threshold?: number | undefined
  /** Which of the task's metrics is looked at; the loss unless said. */
  readonly metric?: string | undefined
  /** Whether a smaller or a larger value is better; min unless said. */
  readonly mode?: 'min' | 'max' | undefined
}

/** What early stopping remembers: plain JSON. */
export interface Watched {
  /** The step and the value of the best validation; null before there is one. */
  readonly best: { readonly step: number; readonly value: number } | null
  /** How many validations there were since. */
  readonly bad: number
}

/** Refuses options that make no sense. */
export function checkEarlyStopping({ patience, threshold = 0, mode = 'min' }: EarlyStopping): void {
  checkWhole('fit', 'earlyStopping.patience', patience, 1)
  checkNumber('fit', 'earlyStopping.threshold', threshold, { minimum: 0 })
  if (mode !== 'min' && mode !== 'max')
    refuse('fit', `earlyStopping.mode is ${String(mode)}; it must be min or max`)
}

/**
 * What is remembered after one more validation. One that is not finite is never better.
 *
 * @throws where the task has no such metric
 */
export function watch(
  { threshold = 0, metric = 'loss', mode = 'min' }: EarlyStopping,
  before: Watched | undefined,
  step: number,
  { loss, metrics }: Evaluation,
): Watched {
  const values: Readonly<Record<string, number>> = { ...metrics, loss }
  const value = values[metric]
  if (value === undefined) {
    const known = Object.keys(values).join(', ')
    return refuse(
      'fit',
      `earlyStopping.metric is ${metric}, which the task does not have; use one of ${known}`,
    )
  }
  const best = before?.best ?? null
  const gain = best === null ? Infinity : mode === 'min' ? best.value - value : value - best.value
  if (Number.isFinite(value) && gain > threshold) return { best: { step, value }, bad: 0 }
  return { best, bad: (before?.bad ?? 0) + 1 }
}
