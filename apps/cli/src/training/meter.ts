import type { Tree } from '@tapeloop/core'
import { bitsPerCharacter, throughput, type FitEvent } from '@tapeloop/train'

/** Where a training stands, in numbers to show. Losses are in bits per character. */
interface Reading {
  readonly step: number
  readonly totalSteps: number
  /** which pass over the text, from 0 */
  readonly epoch: number
  /** mean training loss of late; null before the first step */
  readonly loss: number | null
  /** the last validation loss; null before the first */
  readonly valid: number | null
  readonly charactersPerSecond: number
  /** until the last step, at the pace of late; null before the first step */
  readonly secondsLeft: number | null
}

/** Turns the events of a training into numbers to show. */
export interface Meter {
  add(event: FitEvent<Tree, unknown>): void
  reading(): Reading
  /** the mean training loss since the last call, in bits per character; null where there was no step */
  takeLoss(): number | null
  /** over all steps that were seen, evaluations and samples left out; 0 where there was none */
  charactersPerSecond(): number
}

/** How much of the shown loss is of the last step: noise is smoothed over some twenty steps. */
const share = 0.05

/** A meter of a training with so many characters a batch. */
export function meterOf(totalSteps: number, batch: number): Meter {
  let [step, epoch] = [0, 0]
  let smooth: number | null = null
  let valid: number | null = null
  let [seconds, seen] = [0, 0]
  let pending = { sum: 0, steps: 0 }
  // the clock of the meter is the time spent on steps: evaluations and samples are not a slower training
  const pace = throughput(5, 0)
  return {
    add(event) {
      step = event.step
      if (event.type === 'validation') valid = bitsPerCharacter(event.loss)
      if (event.type !== 'step') return
      epoch = event.epoch
      seconds += event.seconds
      seen++
      pace.add(1, seconds)
      const bits = bitsPerCharacter(event.loss)
      smooth = smooth === null ? bits : smooth + share * (bits - smooth)
      pending = { sum: pending.sum + bits, steps: pending.steps + 1 }
    },
    reading() {
      const perSecond = pace.perSecond()
      return {
        step,
        totalSteps,
        epoch,
        loss: smooth,
        valid,
        charactersPerSecond: perSecond * batch,
        secondsLeft: perSecond === 0 ? null : (totalSteps - step) / perSecond,
      }
    },
    takeLoss() {
      const { sum, steps } = pending
      pending = { sum: 0, steps: 0 }
      return steps === 0 ? null : sum / steps
    },
    charactersPerSecond: () => (seconds === 0 ? 0 : (seen * batch) / seconds),
  }
}
