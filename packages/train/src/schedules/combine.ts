import { add, cast, less, maximum, minimum, mul, refuse, sub, take, tensor, where } from '@tapeloop/core'
import { checkWhole } from '../check.js'
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

/**
 * A schedule whose first values rise linearly to what they would be: `value · min((t + 1) / (steps + 1), 1)`, as the
 * warm-up of `cosine` does.
 */
export function warmup(schedule: Schedule, steps: number): Schedule {
  checkWhole('warmup', 'steps', steps, 0)
  return (step, dtype) => {
    const part = minimum(mul(cast(add(step, 1), dtype), 1 / (steps + 1)), 1)
    return mul(schedule(step, dtype), part)
  }
}

/**
 * Any function of the number of updates done before, as a table of its first `steps` values; the last one stays. It is
 * asked at once for all of them, so that the compiled training step needs no host.
 *
 * @throws where a value is not finite
 */
export function tabulated(f: (step: number) => number, steps: number): Schedule {
  checkWhole('tabulated', 'steps', steps, 1)
  const values = Float64Array.from({ length: steps }, (_, step) => f(step))
  const wrong = values.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0) refuse('tabulated', `step ${wrong} has the value ${values[wrong]}; it must be finite`)
  return (step, dtype) => take(tensor(values, { dtype }), minimum(step, steps - 1))
}
