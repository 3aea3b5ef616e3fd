import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import { columnNamed } from '../tables/columns.js'
import type { Column, NumberColumn, Table } from '../tables/table.js'
import { localAt, timeAt } from './time-zone.js'

/** What becomes of the numbers of one interval. */
export type Aggregate = keyof typeof aggregates

/** How a table is brought to regular times. */
export interface ResampleOptions {
  /** The column of times, which ascend. */
  readonly time: string
  /** How far apart: a whole number and `s`, `min`, `h`, `d`, `w`, `month` or `year`, such as `15min` or `1d`. */
  readonly every: string
  /** What becomes of the numbers of an interval, for all columns or by their names; `mean` unless said. */
  readonly by?: Aggregate | Readonly<Record<string, Aggregate>>
  /** Whose clocks say where days, weeks, months and years begin; UTC unless said. */
  readonly timeZone?: string
}

/** The most rows that are made. */
const mostRows = 2 ** 24

/**
 * A table at regular times: one row for each interval from the first time to the last, at its beginning. Numbers that are missing
 * do not count, an interval without any is missing, and of texts and categories the last stands.
 *
 * @throws when a column is missing, times do not ascend, `every` is no interval, or there would be more than 2^24 rows.
 */
export function resample(
  table: Table,
  { time, every, by = 'mean', timeZone = 'UTC' }: ResampleOptions,
): Table {
  const clock = columnNamed(table, time, 'resample')
  if (clock.type !== 'time') {
    throw new TapeloopError(`resample: the column ${show(time)} has no times, it is of type ${clock.type}.`)
  }
  const { indexOf, startOf } = gridOf(every, timeZone)
  const indices = Array.from(clock.values, indexOf)
  const wrong = indices.findIndex((index, row) => !(index >= (indices[row - 1] ?? -Infinity)))
  if (wrong >= 0) {
    throw new TapeloopError(
      `resample: the time in row ${wrong} is missing or before the one above it; sort the rows and drop those without a time.`,
    )
  }
  const first = indices[0] ?? 0
  const rows = indices.length === 0 ? 0 : indices.at(-1)! - first + 1
  if (rows > mostRows) {
    throw new TapeloopError(
      `resample: every ${every} makes ${rows} rows, more than the ${mostRows} allowed; take longer intervals.`,
    )
  }
  const places = indices.map((index) => index - first)
  return {
    rows,
    columns: table.columns.map((column): Column => {
      if (column === clock) {
        return { ...clock, values: Float64Array.from({ length: rows }, (_, i) => startOf(first + i)) }
      }
      if (column.type === 'text') return { ...column, values: lastTexts(column.values, places, rows) }
      const aggregate = typeof by === 'string' ? by : (by[column.name] ?? 'mean')
      const isNumber = column.type !== 'category' && column.type !== 'time'
      return gathered(column, places, rows, isNumber ? aggregate : 'last')
    }),
  }
}

/** Numbers put together one by one: the first, then each with what there is and how many came before. */
const aggregates = {
  mean: (so: number, value: number, count: number) => so + (value - so) / (count + 1),
  sum: (so: number, value: number) => so + value,
  min: (so: number, value: number) => Math.min(so, value),
  max: (so: number, value: number) => Math.max(so, value),
  first: (so: number) => so,
  last: (_: number, value: number) => value,
} as const

function gathered(
  column: NumberColumn,
  places: readonly number[],
  rows: number,
  aggregate: Aggregate,
): NumberColumn {
  const values = new Float64Array(rows).fill(NaN)
  const counts = new Uint32Array(rows)
  places.forEach((place, row) => {
    const value = column.values[row]!
    if (Number.isNaN(value)) return
    const count = counts[place]!++
    values[place] = count === 0 ? value : aggregates[aggregate](values[place]!, value, count)
  })
  const staysWhole = aggregate !== 'mean' && (column.type !== 'boolean' || aggregate !== 'sum')
  return { ...column, type: staysWhole ? column.type : 'number', values }
}

function lastTexts(
  values: readonly (string | null)[],
  places: readonly number[],
  rows: number,
): (string | null)[] {
  const texts = Array.from({ length: rows }, (): string | null => null)
  places.forEach((place, row) => (texts[place] = values[row] ?? texts[place]!))
  return texts
}

/** Numbered intervals of time. */
interface Grid {
  indexOf(time: number): number
  startOf(index: number): number
}

const day = 24 * 60 * 60_000
const milliseconds = { s: 1000, min: 60_000, h: 60 * 60_000, d: day, w: 7 * day }
/** The fifth of January 1970, a Monday: there weeks begin. */
const monday = 4 * day

function gridOf(every: string, timeZone: string): Grid {
  const [, count = '', unit = ''] = /^(\d{1,6})(s|min|h|d|w|month|year)$/.exec(every) ?? []
  const each = Number(count)
  if (!(each > 0)) {
    throw new TapeloopError(
      `resample: every must be a whole number and s, min, h, d, w, month or year, such as 15min, but it is ${show(every)}.`,
    )
  }
  if (unit === 'month' || unit === 'year') {
    const months = unit === 'year' ? 12 * each : each
    return {
      indexOf(time) {
        const date = new Date(localAt(time, timeZone))
        return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months)
      },
      startOf: (index) => timeAt(new Date(0).setUTCFullYear(0, index * months, 1), timeZone),
    }
  }
  const size = each * milliseconds[unit as keyof typeof milliseconds]
  const zone = size % day === 0 ? timeZone : 'UTC'
  const origin = unit === 'w' ? monday : 0
  return {
    indexOf: (time) => Math.floor((localAt(time, zone) - origin) / size),
    startOf: (index) => timeAt(index * size + origin, zone),
  }
}
