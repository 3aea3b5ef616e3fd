import { less, maximum, mul, refuse, sub, where } from '@tapeloop/core'
import { checkMilestones } from './decay.js'
import type { Schedule } from './schedule.js'

/**
 * One schedule after another: the first up to milestone 0, the second from there on, and so forth. Each counts its
 * updates from its own milestone.
 *
 * @throws unless there is a milestone between each two schedules, in rising order
 */
export function joinSchedules(schedules: readonly Schedule[], milestones: readonly number[]): Schedule {
  const [first, ...others] = schedules
  if (first === undefined || others.length !== milestones.length) {
    return refuse(
      'joinSchedules',
      `there are ${schedules.length} schedules and ${milestones.length} milestones; give one milestone fewer than schedules`,
    )
  }
  checkMilestones('joinSchedules', milestones)
  return (step, dtype) =>
    others.reduce(
      (value, schedule, i) => {
        const milestone = milestones[i]!
        // before its milestone a schedule sees update 0, not one that never is
        return where(less(step, milestone), value, schedule(maximum(sub(step, milestone), 0), dtype))
      },
      first(step, dtype),
    )
}

/** The product of schedules: a learning rate, and factors that change it. */
export function multiplySchedules(first: Schedule, ...others: readonly Schedule[]): Schedule {
  return (step, dtype) =>
    others.reduce((product, schedule) => mul(product, schedule(step, dtype)), first(step, dtype))
}
