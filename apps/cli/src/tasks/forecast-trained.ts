import { formatCsvRow, memorySource, numberColumn, timesAfter, type SeriesHistory } from '@tapeloop/data'
import type { Backtest, ForecastScores, SeriesForecast } from '@tapeloop/models'
import { counted, percent, score } from '../terminal/numbers.js'
import { table } from '../terminal/table.js'
import { readNamedHistory, type FoundSeries } from './history.js'
import type { Row, TestResult, Trained } from './task.js'

/** What a forecaster was found to be, beside the seasonal-naive forecast. */
export function testResult(
  { model, naive, origins, coverage }: Backtest,
  { season, horizon }: { readonly season: number; readonly horizon: number },
): TestResult {
  const row = (name: string, { mase, mse }: ForecastScores) => [name, mase.toFixed(3), score(mse)]
  const hasBand = !Number.isNaN(coverage)
  return {
    json: { ...model, baseline: naive, testWindows: origins.length, ...(hasBand && { coverage }) },
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
      ...(hasBand
        ? [`${percent(coverage)} of what came lay between the lowest and the highest quantile`]
        : []),
    ],
  }
}

/** A forecaster with what it takes to use it. */
interface Forecasting {
  readonly found: FoundSeries
  readonly settings: { readonly horizon: number } & Readonly<Record<'target' | 'time' | 'inputs', string>>
  /** of which there is a forecast beside the most likely value */
  readonly quantiles: readonly number[]
  forecast(history: SeriesHistory): Promise<SeriesForecast>
  test(history: SeriesHistory): Promise<TestResult>
  /** the series that it was trained on */
  own(): Promise<SeriesHistory>
}

/** A forecaster that has learned. */
export function trainedForecaster({ found, settings, quantiles, forecast, test, own }: Forecasting): Trained {
  return {
    writer: null,
    async evaluate(source) {
      return test(await readNamedHistory(await source.files[0]!.bytes(), settings, found.schema))
    },
    async *predict(rows) {
      const given: Row[] = []
      for await (const row of rows) given.push(row)
      const history = given.length === 0 ? await own() : await historyOf(given)
      const next = await forecast(history)
      const named = (numbers: readonly (number | null)[]) =>
        Object.fromEntries(quantiles.map((quantile, i) => [`quantile ${quantile}`, numbers[i] ?? null]))
      yield* given.map((row) => ({ ...row, forecast: null, ...named([]) }))
      const times =
        history.time === null
          ? null
          : timesAfter(numberColumn(history.table, history.time).values, found.step, settings.horizon)
      for (const [i, value] of next.values.entries()) {
        const time = history.time === null ? {} : { [history.time]: times![i]! }
        const around = named(next.quantiles.map((values) => values[i]!))
        yield { ...time, [history.target]: null, forecast: value, ...around }
      }
    },
  }

  /** Rows as a series: as a table that is read like the one that was learned. */
  function historyOf(rows: readonly Row[]): Promise<SeriesHistory> {
    const names = Object.keys(rows[0]!)
    const cells = (row: Row) => names.map((name) => textOf(row[name]))
    const text = [names, ...rows.map(cells)].map((fields) => formatCsvRow(fields)).join('\n')
    return readNamedHistory(memorySource(`${text}\n`, 'the rows'), settings, found.schema)
  }
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}
