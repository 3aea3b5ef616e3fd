import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import { columnNamed, numberColumn } from '../tables/columns.js'
import type { NumberColumn, Table } from '../tables/table.js'
import { calendarFeatures, type CalendarField } from './calendar.js'
import { fillMissing, interpolateMissing, knownMask } from './missing.js'
import { applyScaler, fitScaler, invertScaler, type Scaler, type ScalerType } from './scalers.js'
import { timeSteps, type TimeUnit } from './time-steps.js'
import type { Series } from './windows.js'

/** What becomes of missing numbers: the one before, the line between its neighbours, or the mean of the training data. */
export type MissingPolicy = (typeof missingPolicies)[number]

/** The ways there are to fill. */
export const missingPolicies = ['previous', 'interpolate', 'mean'] as const

/** How a table becomes a series. */
export interface SeriesOptions {
  /** The columns that are forecast. */
  readonly targets: readonly string[]
  /** The further columns that are known; all but those of text and of times unless said. */
  readonly inputs?: readonly string[]
  /** The column of times; needed for the calendar. */
  readonly time?: string
  /** Which cycles of the calendar are known; none unless said. */
  readonly calendar?: readonly CalendarField[]
  /** Whose clocks the calendar follows; UTC unless said. */
  readonly timeZone?: string
  /** `standard` unless said. */
  readonly scaler?: ScalerType
  /** `previous` unless said: the others let a window see what came after it. */
  readonly missing?: MissingPolicy
  /** Adds how long before each time the one before it was, as the last input: for cells whose option `timed` is on. */
  readonly elapsed?: TimeUnit
  /** Whether each column that has gaps is followed by one that says where they are; false unless said. */
  readonly mask?: boolean
}

/**
 * How a table becomes a series, fitted on training data. Plain JSON, saved beside the model, so that what is forecast later
 * is prepared alike.
 */
export interface SeriesRecipe {
  readonly targets: readonly string[]
  /** The columns of numbers that are known, the targets first. */
  readonly numbers: readonly string[]
  /** The columns of categories that are known; each category becomes a column of 0 and 1. */
  readonly categories: readonly { readonly name: string; readonly categories: readonly string[] }[]
  /** The columns of numbers that are followed by a mask. */
  readonly masked: readonly string[]
  readonly time: string | null
  readonly calendar: readonly CalendarField[]
  readonly timeZone: string
  readonly elapsed: TimeUnit | null
  readonly missing: MissingPolicy
  /** Of the columns of numbers, in their order. */
  readonly scaler: Scaler
  /** The mean of each column of numbers, unscaled. */
  readonly means: readonly number[]
}

/**
 * Fits how a table becomes a series. Give it the rows for training alone: `sliceTable(table, 0, cut)`.
 *
 * @throws when a column does not exist, is of text, or has no number in it.
 */
export function fitSeries(table: Table, options: SeriesOptions): SeriesRecipe {
  const { targets, time = null, calendar = [], timeZone = 'UTC', scaler = 'standard' } = options
  if (targets.length === 0)
    throw new TapeloopError('fitSeries: there are no targets; name at least one column.')
  if (time === null && (calendar.length > 0 || options.elapsed !== undefined)) {
    const needs = calendar.length > 0 ? 'the calendar needs' : 'elapsed needs'
    throw new TapeloopError(`fitSeries: ${needs} the column of times; name it as time.`)
  }
  if (time !== null) timesOf(table, time, 'fitSeries')
  const known = options.inputs ?? table.columns.filter(isKnown).map(({ name }) => name)
  const others = known.filter((name) => !targets.includes(name) && name !== time)
  const columns = [...targets, ...others].map((name) => numberColumn(table, name, 'fitSeries'))
  const wrong = columns.find(({ name, type }) => type === 'category' && targets.includes(name))
  if (wrong !== undefined) {
    throw new TapeloopError(
      `fitSeries: the target ${show(wrong.name)} has categories; only numbers are forecast.`,
    )
  }
  const numbers = columns.filter(({ type }) => type !== 'category')
  const present = numbers.map(presentIn)
  const fitted = present.map((values) => fitScaler(scaler, values, 1))
  return {
    targets,
    numbers: numbers.map(({ name }) => name),
    categories: columns.flatMap(({ name, categories }) => (categories ? [{ name, categories }] : [])),
    masked: options.mask ? numbers.filter(hasGaps).map(({ name }) => name) : [],
    time,
    calendar,
    timeZone,
    elapsed: options.elapsed ?? null,
    missing: options.missing ?? 'previous',
    scaler: {
      type: scaler,
      offset: fitted.map(({ offset }) => offset[0]!),
      scale: fitted.map(({ scale }) => scale[0]!),
    },
    means: present.map((values) => values.reduce((sum, value) => sum + value / values.length, 0)),
  }
}

/**
 * Makes a series of a table as a recipe says. A category that the recipe does not know is none of its categories.
 *
 * @throws when a column is missing, or is of another type than in training.
 */
export function encodeSeries(recipe: SeriesRecipe, table: Table): Series {
  const { rows } = table
  const times = recipe.time === null ? undefined : timesOf(table, recipe.time, 'encodeSeries')
  const columns = recipe.numbers.map((name) => numberColumn(table, name, 'encodeSeries'))
  const scaled = columns.map(({ values }, i) => {
    const filled = fillMissing(fill(values, recipe.missing, times), recipe.means[i]!)
    return rows === 0 ? filled : applyScaler(scalerOf(recipe, i), filled)
  })
  const features = [
    ...columns.flatMap(({ name, values }, i) => [
      { name, values: scaled[i]! },
      ...(recipe.masked.includes(name) ? [{ name: `${name}.known`, values: knownMask(values) }] : []),
    ]),
    ...recipe.categories.flatMap(({ name, categories }) => oneHot(table, name, categories)),
    ...calendarColumns(recipe, times),
    ...(times !== undefined && recipe.elapsed !== null
      ? [{ name: 'elapsed', values: timeSteps(times, recipe.elapsed) }]
      : []),
  ]
  const targets = recipe.targets.map((_, i) => scaled[i]!)
  return {
    inputNames: features.map(({ name }) => name),
    inputs: interleaved(
      features.map(({ values }) => values),
      rows,
    ),
    targetNames: recipe.targets,
    targets: interleaved(targets, rows),
    known: Uint8Array.from({ length: rows }, (_, row) =>
      recipe.targets.every((_, i) => !Number.isNaN(columns[i]!.values[row]!)) ? 1 : 0,
    ),
  }
}

/**
 * Brings forecasts back to the units of the table.
 *
 * @param values [times, targets], row-major.
 */
export function decodeTargets(recipe: SeriesRecipe, values: Float64Array): Float64Array {
  const { type, offset, scale } = recipe.scaler
  const count = recipe.targets.length
  return invertScaler({ type, offset: offset.slice(0, count), scale: scale.slice(0, count) }, values)
}

const isKnown = ({ type }: Table['columns'][number]) => type !== 'text' && type !== 'time'

const hasGaps = ({ values }: NumberColumn) => values.some(Number.isNaN)

function presentIn({ name, values }: NumberColumn): Float64Array {
  const present = values.filter((value) => !Number.isNaN(value))
  if (present.length > 0) return present
  throw new TapeloopError(`fitSeries: the column ${show(name)} has no number in it; leave it out.`)
}

function fill(values: Float64Array, policy: MissingPolicy, times?: Float64Array): Float64Array {
  if (policy === 'interpolate') return fillMissing(interpolateMissing(values, times), 'previous')
  return policy === 'previous' ? fillMissing(values, 'previous') : values
}

function scalerOf({ scaler: { type, offset, scale } }: SeriesRecipe, column: number): Scaler {
  return { type, offset: [offset[column]!], scale: [scale[column]!] }
}

function timesOf(table: Table, name: string, where: string): Float64Array {
  const { type, values } = columnNamed(table, name, where)
  if (type !== 'time') {
    throw new TapeloopError(
      `${where}: the column ${show(name)} has no times, it is of type ${type}; name one that has.`,
    )
  }
  const row = values.findIndex((time, i) => !(time > (values[i - 1] ?? -Infinity)))
  if (row < 0) return values
  throw new TapeloopError(
    Number.isNaN(values[row])
      ? `${where}: the time in row ${row} of the column ${show(name)} is missing; drop the row, or give it a time.`
      : `${where}: the time in row ${row} of the column ${show(name)} is not after the one before it; sort the rows, each with its own time.`,
  )
}

function oneHot(table: Table, name: string, categories: readonly string[]) {
  const column = numberColumn(table, name, 'encodeSeries')
  const given = column.categories ?? []
  return categories.map((category) => {
    const code = given.indexOf(category)
    return {
      name: `${name}=${category}`,
      values: column.values.map((value) => (code >= 0 && value === code ? 1 : 0)),
    }
  })
}

function calendarColumns({ calendar, timeZone }: SeriesRecipe, times: Float64Array | undefined) {
  if (times === undefined || calendar.length === 0) return []
  const { names, values } = calendarFeatures(times, calendar, timeZone)
  return names.map((name, i) => ({
    name,
    values: times.map((_, row) => values[row * names.length + i]!),
  }))
}

/** Columns of equal length as rows, one after the other. */
function interleaved(columns: readonly Float64Array[], rows: number): Float64Array {
  const values = new Float64Array(rows * columns.length)
  columns.forEach((column, i) => {
    for (let row = 0; row < rows; row++) values[row * columns.length + i] = column[row]!
  })
  return values
}
