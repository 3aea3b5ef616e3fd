import { TapeloopError } from '@tapeloop/core'

/** What stands where a value is missing: the value before it, the one after it, or a number. */
export type Filling = 'previous' | 'next' | number

/**
 * Fills what is missing. `previous` knows only what came before, so it is right for what is forecast; `next` and
 * `interpolate` look ahead.
 *
 * @param values [times], NaN where one is missing.
 * @returns a copy; what has no value before (or after) it stays NaN.
 */
export function fillMissing(values: Float64Array, filling: Filling): Float64Array {
  if (typeof filling === 'number') return values.map((value) => (Number.isNaN(value) ? filling : value))
  if (filling === 'next') return fillMissing(values.toReversed(), 'previous').toReversed()
  const filled = values.slice()
  for (let i = 1; i < filled.length; i++) if (Number.isNaN(filled[i])) filled[i] = filled[i - 1]!
  return filled
}

/**
 * Fills what is missing between two values on the straight line between them.
 *
 * @param values [times], NaN where one is missing.
 * @param times when they were, ascending; equally far apart unless given.
 * @returns a copy; what lies before the first value or after the last stays NaN.
 */
export function interpolateMissing(values: Float64Array, times?: Float64Array): Float64Array {
  if (times !== undefined && times.length !== values.length) {
    throw new TapeloopError(
      `interpolateMissing: there are ${values.length} values but ${times.length} times; give one time a value.`,
    )
  }
  const at = (i: number) => times?.[i] ?? i
  const filled = values.slice()
  const present = Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]))
  present.slice(1).forEach((after, place) => {
    const before = present[place]!
    for (let i = before + 1; i < after; i++) {
      const share = (at(i) - at(before)) / (at(after) - at(before))
      filled[i] = values[before]! + share * (values[after]! - values[before]!)
    }
  })
  return filled
}

/** 1 where a value is known, 0 where it is missing: [times]. A model that is given it can tell a fill from a value. */
export function knownMask(values: Float64Array): Float64Array {
  return values.map((value) => (Number.isNaN(value) ? 0 : 1))
}
