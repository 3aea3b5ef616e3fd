import type { CalendarField } from './calendar.js'

/** Times between one value and the next, with the seasons that it may have, and the cycles of the calendar it lies in. */
export interface Pace {
  /** the shortest step, in milliseconds, that is still this pace */
  readonly from: number
  readonly seasons: readonly number[]
  readonly calendar: readonly CalendarField[]
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** From the longest step to the shortest. */
const paces: readonly Pace[] = [
  { from: 300 * day, seasons: [1], calendar: [] },
  { from: 80 * day, seasons: [4], calendar: ['dayOfYear'] },
  { from: 27 * day, seasons: [12], calendar: ['dayOfYear'] },
  { from: 6 * day, seasons: [52], calendar: ['dayOfYear'] },
  { from: day, seasons: [7, 365], calendar: ['dayOfWeek', 'dayOfYear'] },
  { from: hour, seasons: [24, 168], calendar: ['hourOfDay', 'dayOfWeek', 'dayOfYear'] },
  { from: 0, seasons: [60, 1440], calendar: ['minuteOfHour', 'hourOfDay', 'dayOfWeek'] },
]

/** The middle of the steps between times, in milliseconds. */
export function stepOf(times: Float64Array): number {
  const steps = Array.from(times.subarray(1), (time, i) => time - times[i]!).toSorted((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

/** The pace of times so far apart. */
export function paceOf(step: number): Pace {
  return paces.find(({ from }) => step >= from) ?? paces.at(-1)!
}

/**
 * The season of a series: of those that its pace may have, the one a whole season before which values are most alike. A season
 * that fits less than twice says nothing.
 */
export function seasonOf(values: Float64Array, pace: Pace): number {
  const possible = pace.seasons.filter((season) => values.length >= 2 * season)
  const errors = possible.map((season) => seasonalError(values, season))
  return possible[errors.indexOf(Math.min(...errors))] ?? 1
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The mean absolute difference between values and those a season before. */
function seasonalError(values: Float64Array, season: number): number {
  return mean(Array.from(values.subarray(season), (value, i) => Math.abs(value - values[i]!)))
}

/** How a series is made easier before a model sees it. */
export interface SeriesTransform {
  /** logarithms, where the ups and downs of a season grow with the level */
  readonly log: boolean
  /** differences from the value a season before, where most of what changes comes again each season; 0 for none */
  readonly difference: number
}

/** What of the variance may be left, for a difference to be worth its noise. */
const worthwhile = 0.25

/** The transform that suits a series, by its values alone. */
export function transformOf(values: Float64Array, season: number): SeriesTransform {
  const log = growsWithLevel(values, season)
  const seen = log ? values.map(Math.log) : values
  if (season === 1 || seen.length < 3 * season) return { log, difference: 0 }
  const differences = seen.slice(season).map((value, i) => value - seen[i]!)
  return { log, difference: varianceOf(differences) < worthwhile * varianceOf(seen) ? season : 0 }
}

/** Whether values are positive and their spread within a season grows with their mean. */
function growsWithLevel(values: Float64Array, season: number): boolean {
  const length = Math.max(season, 6)
  const count = Math.floor(values.length / length)
  if (count < 4 || values.some((value) => value <= 0)) return false
  const parts = Array.from({ length: count }, (_, i) => values.subarray(i * length, (i + 1) * length))
  const means = parts.map((part) => mean(Array.from(part)))
  const spreads = parts.map((part) => Math.sqrt(varianceOf(part)))
  return correlation(means, spreads) > 0.8
}

function varianceOf(values: Float64Array): number {
  const middle = mean(Array.from(values))
  return mean(Array.from(values, (value) => (value - middle) ** 2))
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [middleA, middleB] = [mean(a), mean(b)]
  const together = mean(a.map((value, i) => (value - middleA) * (b[i]! - middleB)))
  const apart = varianceOf(Float64Array.from(a)) * varianceOf(Float64Array.from(b))
  return apart === 0 ? 0 : together / Math.sqrt(apart)
}

/** Values as the model sees them: those a season before the first have none, and are missing. */
export function transformed(values: Float64Array, { log, difference }: SeriesTransform): Float64Array {
  const seen = log ? values.map(Math.log) : values
  return difference === 0 ? seen : seen.map((value, i) => value - (seen[i - difference] ?? NaN))
}

/**
 * Forecasts of what a model sees, as values again; `history` are the values before the first of them. Further ahead than a
 * season, each forecast stands on the one a season before.
 */
export function restored(
  forecast: readonly number[],
  history: Float64Array,
  { log, difference }: SeriesTransform,
): number[] {
  const before = Array.from(history.subarray(Math.max(0, history.length - difference)))
  const all = log ? before.map(Math.log) : before
  for (const value of forecast) all.push(difference === 0 ? value : value + all[all.length - difference]!)
  const values = all.slice(-forecast.length)
  return log ? values.map(Math.exp) : values
}

/** The seasonal-naive forecast: each value is the one a season before. */
export function seasonalNaive(history: Float64Array, season: number, horizon: number): number[] {
  return Array.from({ length: horizon }, (_, i) => history[history.length - season + (i % season)]!)
}
