import { localAt } from './time-zone.js'

/** A cycle of the calendar. */
export type CalendarField = keyof typeof cycles

const hour = 60 * 60_000
const day = 24 * hour

/** How far a local time is through a cycle: from 0 to below 1. */
const cycles = {
  minuteOfHour: (local: number) => remainder(local, hour) / hour,
  hourOfDay: (local: number) => remainder(local, day) / day,
  // the first of January 1970 was a Thursday
  dayOfWeek: (local: number) => remainder(local + 3 * day, 7 * day) / (7 * day),
  dayOfMonth: (local: number) => through(local, (date) => [date.getUTCFullYear(), date.getUTCMonth(), 0, 1]),
  dayOfYear: (local: number) => through(local, (date) => [date.getUTCFullYear(), 0, 1, 0]),
} as const

/** The cycles there are, from the shortest to the longest. */
export const calendarFields = Object.keys(cycles) as readonly CalendarField[]

/** Columns of numbers in one array. */
export interface Features {
  /** One a column. */
  readonly names: readonly string[]
  /** [rows, names], row-major. */
  readonly values: Float64Array
}

/**
 * Where times lie in cycles of the calendar: of each cycle a sine and a cosine, `hourOfDay.sin` and `hourOfDay.cos`, so that its
 * end is as near to its beginning as it is in life.
 *
 * @param times milliseconds since 1970 in UTC: [rows].
 * @param timeZone whose clocks count: an IANA name; UTC unless said.
 * @returns numbers from -1 to 1: [rows, 2 · fields].
 */
export function calendarFeatures(
  times: Float64Array,
  fields: readonly CalendarField[],
  timeZone = 'UTC',
): Features {
  const names = fields.flatMap((field) => [`${field}.sin`, `${field}.cos`])
  const values = new Float64Array(times.length * names.length)
  times.forEach((time, row) => {
    const local = localAt(time, timeZone)
    fields.forEach((field, i) => {
      const angle = 2 * Math.PI * cycles[field](local)
      values[row * names.length + 2 * i] = Math.sin(angle)
      values[row * names.length + 2 * i + 1] = Math.cos(angle)
    })
  })
  return { names, values }
}

/** How far a time is from the beginning of its month or year to that of the next. */
function through(
  local: number,
  begins: (date: Date) => [year: number, month: number, years: number, months: number],
): number {
  const [year, month, years, months] = begins(new Date(local))
  const [start, end] = [Date.UTC(year, month), Date.UTC(year + years, month + months)]
  return (local - start) / (end - start)
}

/** The remainder of a division that rounds down: never negative. */
function remainder(value: number, divisor: number): number {
  return value - Math.floor(value / divisor) * divisor
}
