import { timeAt } from '../series/time-zone.js'

/** How times are written: the order of the parts of their dates. */
export type TimeFormat = (typeof timeFormats)[number]

/**
 * `iso`: 2024-03-31, 2024-03, 2024-03-31T09:30:00+02:00, 2024/03/31 09:30; `dmy`: 31.03.2024, 31/3/2024 09:30;
 * `mdy`: 3/31/2024 09:30.
 */
export const timeFormats = ['iso', 'dmy', 'mdy'] as const

const clock = String.raw`(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?`
const zone = String.raw`(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?`
const patterns: Readonly<Record<TimeFormat, RegExp>> = {
  iso: new RegExp(String.raw`^(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2})${clock}${zone})?$`),
  dmy: new RegExp(String.raw`^(\d{1,2})[./-](\d{1,2})[./-](\d{4})${clock}${zone}$`),
  mdy: new RegExp(String.raw`^(\d{1,2})[./-](\d{1,2})[./-](\d{4})${clock}${zone}$`),
}

/**
 * The time that a text says, in milliseconds since 1970 in UTC; NaN where it says none.
 *
 * @param timeZone where a text without an offset is local: an IANA name, or `UTC`.
 */
export function parseTime(text: string, format: TimeFormat, timeZone: string): number {
  const match = patterns[format].exec(text.trim())
  if (match === null) return NaN
  const [, a, b, c = '1', hour = '0', minute = '0', second = '0', fraction = '0', offset] = match
  const [year, month, day] = format === 'iso' ? [a, b, c] : format === 'dmy' ? [c, b, a] : [c, a, b]
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const milliseconds = Math.floor(Number(`0.${fraction}`) * 1000)
  const local = localTime(...parts)
  if (Number.isNaN(local)) return NaN
  const whole = local + milliseconds
  if (offset === undefined) return timeAt(whole, timeZone)
  return whole - offsetOf(offset)
}

/** Parts of a date and a clock as if in UTC; NaN where there is no such date. */
function localTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!isDate || hour > 23 || minute > 59 || second > 59) return NaN
  return date.setUTCHours(hour, minute, second)
}

/** An offset such as +02:00 in milliseconds. */
function offsetOf(text: string): number {
  if (text === 'Z') return 0
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text)!
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
