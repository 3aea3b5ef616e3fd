import { sliceTable } from '../tables/columns.js'
import { transformTarget, type SeriesHistory } from './history.js'
import { encodeSeries, fitSeries, type MissingPolicy, type SeriesRecipe } from './recipe.js'
import type { ScalerType } from './scalers.js'
import { paceOf, seasonOf, transformOf, type SeriesTransform } from './season.js'
import type { Series } from './windows.js'

/** How a series is made what a model sees, fitted on training data. Plain JSON, saved beside the model. */
export interface SeriesPreparation {
  readonly transform: SeriesTransform
  readonly recipe: SeriesRecipe
}

/** A series in the units of its table, and as a model sees it. */
export interface PreparedSeries extends SeriesPreparation {
  /** of the target: NaN where one is missing */
  readonly values: Float64Array
  readonly series: Series
}

/** How a series is cut: the season it is compared with, how far ahead is forecast, and from how many times. */
export interface SeriesCut {
  readonly season: number
  readonly horizon: number
  readonly seqLength: number
}

/** How a series is cut where nobody says: by the season that its times and its values suggest. */
export function usualCut(
  { values, step, time, table }: SeriesHistory,
  given: { readonly [Name in keyof SeriesCut]?: number | undefined } = {},
): SeriesCut {
  const known = values.filter((value) => !Number.isNaN(value))
  const season = given.season ?? (time === null ? 1 : seasonOf(known, paceOf(step)))
  const horizon = given.horizon ?? Math.min(Math.max(season, 1), 24)
  const longest = Math.max(1, Math.floor(table.rows / 4))
  const seqLength = given.seqLength ?? Math.min(Math.max(2 * season, 2 * horizon, 12), 64, longest)
  return { season, horizon, seqLength }
}

/** Where the parts of a series end: rows before `train` are learned from, those before `test` validated on. */
export function seriesParts(
  rows: number,
  {
    validFraction,
    testFraction,
    horizon,
  }: { readonly validFraction: number; readonly testFraction: number; readonly horizon: number },
): { readonly train: number; readonly test: number } {
  const test = rows - (testFraction === 0 ? 0 : Math.max(horizon, Math.round(rows * testFraction)))
  const train = test - (validFraction === 0 ? 0 : Math.max(horizon, Math.round(rows * validFraction)))
  return { train, test }
}

/** How `fitPreparation` fits. */
export interface PreparationOptions {
  /** how many rows, from the first on, are for training */
  readonly train: number
  readonly season: number
  /** `standard` unless said */
  readonly scaler?: ScalerType
  /** `previous` unless said */
  readonly missing?: MissingPolicy
}

/**
 * Finds how a series is best prepared, by its training rows alone: logarithms and differences where they help, the calendar
 * that its times suggest, and the scaler of its numbers.
 *
 * @throws as `fitSeries` does
 */
export function fitPreparation(
  history: SeriesHistory,
  { train, season, scaler = 'standard', missing = 'previous' }: PreparationOptions,
): SeriesPreparation {
  const { target, inputs, time, step } = history
  const known = history.values.subarray(0, train).filter((value) => !Number.isNaN(value))
  const transform = transformOf(known, season)
  const recipe = fitSeries(sliceTable(transformTarget(history, transform), 0, train), {
    targets: [target],
    inputs,
    ...(time !== null && { time, calendar: paceOf(step).calendar }),
    scaler,
    missing,
  })
  return { transform, recipe }
}

/** A series as a model sees it. */
export function prepareSeries(
  history: SeriesHistory,
  { transform, recipe }: SeriesPreparation,
): PreparedSeries {
  const series = encodeSeries(recipe, transformTarget(history, transform))
  return { transform, recipe, values: history.values, series }
}

/** How many numbers a series has at each time: its columns, one for each category, and two for each cycle. */
export function seriesInputs({ numbers, masked, categories, calendar, elapsed }: SeriesRecipe): number {
  const kinds = categories.reduce((sum, { categories }) => sum + categories.length, 0)
  return numbers.length + masked.length + kinds + 2 * calendar.length + (elapsed === null ? 0 : 1)
}
