import { TapeloopError, type Backend } from '@tapeloop/core'
import { decodeTargets, restored, seasonalNaive, type PreparedSeries } from '@tapeloop/data'
import { scaledError } from '@tapeloop/train'
import type { Forecaster, ForecasterParams } from './forecaster.js'

/** What comes after a time of a series, in the units of its table. */
export interface SeriesForecast {
  /** one for each time of the horizon */
  readonly values: readonly number[]
  /**
   * one row for each quantile: its values at the times of the horizon; none where none were asked for. Where a model lets them
   * cross they are put in order (Chernozhukov, Fernández-Val & Galichon 2010).
   */
  readonly quantiles: readonly (readonly number[])[]
}

/** How a series is forecast. */
export interface SeriesForecastOptions {
  /** how many times before each forecast are seen */
  readonly length: number
  /** forecasts that are made at once; 32 unless said */
  readonly batchSize?: number
  readonly backend?: Backend
}

/**
 * Forecasts a series from some of its times on: from `origins`, the row after the last that is known (`values.length` for
 * what comes after the end).
 *
 * @throws where there are fewer rows before an origin than are seen
 */
export async function forecastSeries(
  model: Pick<Forecaster, 'predict'>,
  params: ForecasterParams,
  { values, series, transform, recipe }: PreparedSeries,
  origins: readonly number[],
  { length, batchSize = 32, backend }: SeriesForecastOptions,
): Promise<SeriesForecast[]> {
  const width = series.inputNames.length
  const needed = length + transform.difference
  const windows = origins.map((origin) => {
    if (origin < needed) {
      throw new TapeloopError(
        `There ${origin === 1 ? 'is 1 row' : `are ${origin} rows`}, but ${needed} are needed to forecast; give more.`,
      )
    }
    return Array.from({ length }, (_, i) => {
      const row = origin - length + i
      return series.inputs.subarray(row * width, (row + 1) * width)
    })
  })
  const said = await model.predict(params, windows, { batchSize, ...(backend && { backend }) })
  return said.map((forecast, i) => {
    const before = values.subarray(0, origins[i])
    const units = (numbers: readonly number[]) =>
      restored([...decodeTargets(recipe, Float64Array.from(numbers))], before, transform)
    const count = forecast.quantiles[0]?.[0]?.length ?? 0
    return {
      values: units(forecast.values.map(([value]) => value!)),
      quantiles: Array.from({ length: count }, (_, q) =>
        units(forecast.quantiles.map(([numbers]) => numbers!.toSorted((a, b) => a - b)[q]!)),
      ),
    }
  })
}

/** The errors of forecasts. */
export interface ForecastScores {
  /** mean absolute scaled error: 1 is as good as the seasonal-naive forecast is on what came before */
  readonly mase: number
  /** mean squared error, in the squared unit of the series */
  readonly mse: number
}

/** Forecasts of times that are known, and how good they are. */
export interface Backtest {
  readonly origins: readonly number[]
  readonly forecasts: readonly SeriesForecast[]
  readonly model: ForecastScores
  /** of the seasonal-naive forecast: each value is the one a season before */
  readonly naive: ForecastScores
  /** how much of what came lay between the lowest and the highest quantile; NaN where there are less than two */
  readonly coverage: number
}

/** How a series is tried. */
export interface BacktestOptions extends SeriesForecastOptions {
  /** the first row that may be forecast */
  readonly from: number
  readonly horizon: number
  readonly season: number
  /** how many forecasts are made at most, spread over all that can be; all of them unless said */
  readonly most?: number
}

/**
 * Forecasts a series from every time on after which there are values to compare with, and scores that beside the
 * seasonal-naive forecast. MASE is scaled by what comes before the first forecast (Hyndman & Koehler 2006).
 *
 * @throws where the series is too short for one forecast
 */
export async function backtest(
  model: Pick<Forecaster, 'predict'>,
  params: ForecasterParams,
  prepared: PreparedSeries,
  { from, horizon, season, most = Infinity, ...how }: BacktestOptions,
): Promise<Backtest> {
  const { values, transform } = prepared
  // a series to compare with must be long enough before the first forecast
  const start = Math.max(from, season, how.length + transform.difference)
  const back = Math.max(season, transform.difference)
  const possible = Array.from(
    { length: Math.max(0, values.length - horizon - start + 1) },
    (_, i) => start + i,
  ).filter((origin) => !values.subarray(origin - back, origin + horizon).some(Number.isNaN))
  if (possible.length === 0) {
    throw new TapeloopError(
      `The data has ${values.length} rows, too few for one forecast of ${horizon} from the ${how.length} before; give more.`,
    )
  }
  const origins = spread(possible, most)
  const forecasts = await forecastSeries(model, params, prepared, origins, how)
  const actual = origins.flatMap((origin) => [...values.subarray(origin, origin + horizon)])
  const training = values.subarray(0, start).filter((value) => !Number.isNaN(value))
  const scores = (predicted: readonly number[]): ForecastScores => ({
    mase: scaledError(predicted, actual, training, season),
    mse: mean(predicted.map((value, i) => (value - actual[i]!) ** 2)),
  })
  const edge = (at: number) => forecasts.flatMap(({ quantiles }) => quantiles.at(at) ?? [])
  const [low, high] = [edge(0), edge(-1)]
  const hasBand = (forecasts[0]?.quantiles.length ?? 0) > 1
  return {
    origins,
    forecasts,
    model: scores(forecasts.flatMap(({ values }) => values)),
    naive: scores(origins.flatMap((origin) => seasonalNaive(values.subarray(0, origin), season, horizon))),
    coverage: hasBand ? mean(actual.map((y, i) => (low[i]! <= y && y <= high[i]! ? 1 : 0))) : NaN,
  }
}

/** At most so many of some, spread evenly over them. */
function spread(all: readonly number[], most: number): number[] {
  const count = Math.min(all.length, most)
  return Array.from(
    { length: count },
    (_, i) => all[Math.round((i * (all.length - 1)) / Math.max(1, count - 1))]!,
  )
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
