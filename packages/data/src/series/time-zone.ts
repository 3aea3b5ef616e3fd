import { TapeloopError } from '@tapeloop/core'

const quarterHour = 15 * 60_000

/** The offset of a zone at a time, by zone and quarter of an hour: zones change at no finer step. */
const offsets = new Map<string, Map<number, number>>()

/** As many offsets of a zone are remembered: more than ten years of hours. */
const mostOffsets = 100_000

/**
 * By how much the clocks of a zone are ahead of UTC at a time, in milliseconds.
 *
 * @param time milliseconds since 1970 in UTC.
 * @param timeZone an IANA name such as `Europe/Berlin`, or `UTC`.
 * @throws when there is no such zone.
 */
export function offsetAt(time: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0
  let known = offsets.get(timeZone)
  if (known === undefined) offsets.set(timeZone, (known = new Map()))
  const quarter = Math.floor(time / quarterHour)
  const found = known.get(quarter)
  if (found !== undefined) return found
  const offset = measureOffset(quarter * quarterHour, timeZone)
  if (known.size >= mostOffsets) known.clear()
  known.set(quarter, offset)
  return offset
}

/** What the clocks of a zone show at a time, as milliseconds that read so in UTC. */
export function localAt(time: number, timeZone: string): number {
  return time + offsetAt(time, timeZone)
}

/**
 * The time at which the clocks of a zone show `local`. Of an hour that comes twice it is the first; of one that is left
 * out, as far after the change as the clocks say.
 */
export function timeAt(local: number, timeZone: string): number {
  const before = offsetAt(local - 24 * 60 * 60_000, timeZone)
  const after = offsetAt(local + 24 * 60 * 60_000, timeZone)
  if (localAt(local - before, timeZone) === local) return local - before
  if (localAt(local - after, timeZone) === local) return local - after
  return local - before
}

const formats = new Map<string, Intl.DateTimeFormat>()

function measureOffset(time: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!
  const local = new Date(0)
  local.setUTCFullYear(at('year'), at('month') - 1, at('day'))
  return local.setUTCHours(at('hour'), at('minute'), at('second')) - time
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  try {
    const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(timeZone, format)
    return format
  } catch {
    throw new TapeloopError(
      `There is no time zone ${JSON.stringify(timeZone)}; give a name such as Europe/Berlin, or UTC.`,
    )
  }
}
