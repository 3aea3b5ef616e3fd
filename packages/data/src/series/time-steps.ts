import { TapeloopError } from '@tapeloop/core'

/** In what the time between two rows is told. */
export type TimeUnit = (typeof timeUnits)[number]

/** The units there are. */
export const timeUnits = ['second', 'minute', 'hour', 'day'] as const

const milliseconds: Readonly<Record<TimeUnit, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 60 * 60_000,
  day: 24 * 60 * 60_000,
}

/**
 * How long before each time the one before it was, for cells that take `dt` at each step: [times]. The first has none before
 * it, so it is 0.
 *
 * @param times milliseconds since 1970, ascending.
 * @throws when one is missing, or before the one above it.
 */
export function timeSteps(times: Float64Array, unit: TimeUnit): Float64Array {
  return times.map((time, row) => {
    const step = row === 0 ? time - time : time - times[row - 1]!
    if (step >= 0) return step / milliseconds[unit]
    throw new TapeloopError(
      `timeSteps: the time in row ${row} is missing or before the one above it; sort the rows and drop those without a time.`,
    )
  })
}
