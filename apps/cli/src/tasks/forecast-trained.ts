import { TapeloopError } from '@tapeloop/core'
import {
  encodeSeries,
  formatCsvRow,
  lastWindow,
  memorySource,
  numberColumn,
  seriesWindows,
} from '@tapeloop/data'
import { scaledError } from '@tapeloop/train'
import { counted, score } from '../terminal/numbers.js'
import { table } from '../terminal/table.js'
import type { Forecasts } from './forecast.js'
import { prepared, readHistory, type FoundSeries, type History } from './history.js'
import { restored, seasonalNaive } from './season.js'
import { mean } from './statistics.js'
import type { Row, TestResult, Trained } from './task.js'
import { timesAfter } from './times.js'

/** Of the settings, what says how a series is cut. */
interface Cut {
  readonly seqLength: number
  readonly horizon: number
  readonly season: number
}

/**
 * Forecasts from every time on from which there are values to compare with, and scores them beside the seasonal-naive
 * forecast, in the units of the data.
 */
export async function testForecasts(
  history: History,
  { transform, recipe }: FoundSeries,
  { seqLength: length, horizon, season }: Cut,
  { from, forecast }: { readonly from: number; readonly forecast: Forecasts },
): Promise<TestResult> {
  const { values } = history
  const series = encodeSeries(recipe, prepared(history, transform))
  // a series to compare with must be long enough before the first forecast
  const start = Math.max(from, season, length + transform.difference)
  const origins = Array.from(
    { length: Math.max(0, values.length - horizon - start + 1) },
    (_, i) => start + i,
  ).filter(
    (origin) =>
      !values.subarray(origin - Math.max(season, transform.difference), origin + horizon).some(Number.isNaN),
  )
  if (origins.length === 0) {
    throw new TapeloopError(
      `The data has ${counted(values.length, 'row')}, too few for one forecast of ${horizon} from the ${length} before; give more.`,
    )
  }
  const windows = origins.map(
    (origin) => seriesWindows(series, { length, horizon, from: origin, to: origin + horizon })[0]!.x,
  )
  const seen = await forecast(windows)
  const both = { model: [] as number[], naive: [] as number[], actual: [] as number[] }
  origins.forEach((origin, i) => {
    const before = values.subarray(0, origin)
    both.model.push(...restored(seen[i]!, before, transform))
    both.naive.push(...seasonalNaive(before, season, horizon))
    both.actual.push(...values.subarray(origin, origin + horizon))
  })
  const training = values.subarray(0, start).filter((value) => !Number.isNaN(value))
  const scores = (predicted: readonly number[]) => ({
    mase: scaledError(predicted, both.actual, training, season),
    mse: mean(predicted.map((value, i) => (value - both.actual[i]!) ** 2)),
  })
  const [model, naive] = [scores(both.model), scores(both.naive)]
  const row = (name: string, { mase, mse }: typeof model) => [name, mase.toFixed(3), score(mse)]
  return {
    json: { ...model, baseline: naive, testWindows: origins.length },
    lines: (style) => [
      style.bold(`MASE ${model.mase.toFixed(3)}`) +
        ` over ${counted(origins.length, 'forecast')} of ${horizon} on the test rows, ` +
        (model.mase < naive.mase
          ? 'better than the seasonal-naive forecast'
          : 'no better than the seasonal-naive forecast'),
      ...table(
        ['', 'MASE', 'mean squared error'],
        [row('this model', model), row(`seasonal-naive (${season} before)`, naive)],
        { alignRight: [1, 2], style },
      ),
    ],
  }
}

/** A forecaster with what it takes to use it. */
interface Forecasting {
  readonly found: FoundSeries
  readonly settings: Cut & { readonly target: string; readonly time: string; readonly inputs: string }
  readonly forecast: Forecasts
  /** the series that it was trained on */
  own(): Promise<History>
}

/** A forecaster that has learned. */
export function trainedForecaster({ found, settings, forecast, own }: Forecasting): Trained {
  const { seqLength: length, horizon } = settings
  return {
    writer: null,
    async evaluate(source) {
      const history = await readHistory(await source.files[0]!.bytes(), settings, found.schema)
      return testForecasts(history, found, settings, { from: 0, forecast })
    },
    async *predict(rows) {
      const given: Row[] = []
      for await (const row of rows) given.push(row)
      const history = given.length === 0 ? await own() : await historyOf(given)
      const { values } = history
      const needed = length + found.transform.difference
      if (values.length < needed) {
        throw new TapeloopError(
          `There ${values.length === 1 ? 'is' : 'are'} ${counted(values.length, 'row')}, but ${needed} are needed to forecast; give more.`,
        )
      }
      const series = encodeSeries(found.recipe, prepared(history, found.transform))
      const [seen] = await forecast([lastWindow(series, length)])
      const next = restored(seen!, values, found.transform)
      yield* given.map((row) => ({ ...row, forecast: null }))
      const times =
        history.time === null
          ? null
          : timesAfter(numberColumn(history.table, history.time).values, found.step, horizon)
      for (const [i, value] of next.entries()) {
        const time = history.time === null ? {} : { [history.time]: times![i]! }
        yield { ...time, [history.target]: null, forecast: value }
      }
    },
  }

  /** Rows as a series: as a table that is read like the one that was learned. */
  function historyOf(rows: readonly Row[]): Promise<History> {
    const names = Object.keys(rows[0]!)
    const cells = (row: Row) => names.map((name) => textOf(row[name]))
    const text = [names, ...rows.map(cells)].map((fields) => formatCsvRow(fields)).join('\n')
    return readHistory(memorySource(`${text}\n`, 'the rows'), settings, found.schema)
  }
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}
