import { throughput, type Evaluation } from '@tapeloop/train'
import type { Learner, LearnerEvent } from '../tasks/task.js'

/** Where a training stands, in numbers to show. Losses are in the unit of the task. */
interface Reading {
  readonly step: number
  readonly totalSteps: number
  /** which pass over the data, from 0 */
  readonly epoch: number
  /** mean training loss of late; null before the first step */
  readonly loss: number | null
  /** the last validation; null before the first */
  readonly valid: Evaluation | null
  /** the norm of the gradients of the last step; null before the first */
  readonly gradNorm: number | null
  /** characters, examples, …: what the batches hold */
  readonly perSecond: number
  /** until the last step, at the pace of late; null before the first step */
  readonly secondsLeft: number | null
}

/** Turns the events of a training into numbers to show. */
export interface Meter {
  add(event: LearnerEvent): void
  reading(): Reading
  /** the mean training loss since the last call; null where there was no step */
  takeLoss(): number | null
  /** over all steps that were seen, evaluations and samples left out; 0 where there was none */
  perSecond(): number
  /** the mean training losses of equal parts of the steps so far, the oldest first; at most so many */
  history(parts: number): number[]
}

/** How much of the shown loss is of the last step: noise is smoothed over some twenty steps. */
const share = 0.05

/** A meter of a training of so many steps. */
export function meterOf(totalSteps: number, { batch, measure }: Pick<Learner, 'batch' | 'measure'>): Meter {
  let [step, epoch] = [0, 0]
  let smooth: number | null = null
  let valid: Evaluation | null = null
  let gradNorm: number | null = null
  let [seconds, seen] = [0, 0]
  let pending = { sum: 0, steps: 0 }
  const losses: number[] = []
  // the clock of the meter is the time spent on steps: evaluations and samples are not a slower training
  const pace = throughput(5, 0)
  return {
    add(event) {
      step = event.step
      if (event.type === 'validation') valid = event
      if (event.type !== 'step') return
      epoch = event.epoch
      gradNorm = event.gradNorm
      seconds += event.seconds
      seen++
      pace.add(1, seconds)
      const loss = measure.loss(event)
      losses.push(loss)
      smooth = smooth === null ? loss : smooth + share * (loss - smooth)
      pending = { sum: pending.sum + loss, steps: pending.steps + 1 }
    },
    reading() {
      const perSecond = pace.perSecond()
      return {
        step,
        totalSteps,
        epoch,
        loss: smooth,
        valid,
        gradNorm,
        perSecond: perSecond * batch.size,
        secondsLeft: perSecond === 0 ? null : (totalSteps - step) / perSecond,
      }
    },
    takeLoss() {
      const { sum, steps } = pending
      pending = { sum: 0, steps: 0 }
      return steps === 0 ? null : sum / steps
    },
    perSecond: () => (seconds === 0 ? 0 : (seen * batch.size) / seconds),
    history(parts) {
      const count = Math.min(parts, losses.length)
      return Array.from({ length: count }, (_, i) => {
        const part = losses.slice(
          Math.floor((i * losses.length) / count),
          Math.floor(((i + 1) * losses.length) / count),
        )
        return part.reduce((sum, loss) => sum + loss, 0) / part.length
      })
    },
  }
}
