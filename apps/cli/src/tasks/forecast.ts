import { TapeloopError } from '@tapeloop/core'
import {
  fitPreparation,
  memorySource,
  prepareSeries,
  seriesInputs,
  seriesParts,
  seriesWindows,
  usualCut,
  type SeriesHistory,
  type SeriesWindow,
} from '@tapeloop/data'
import {
  backtest,
  exampleBatches,
  forecaster,
  forecastSeries,
  type Example,
  type Forecaster,
  type ForecasterParams,
  type Sequence,
} from '@tapeloop/models'
import { refuseUsage } from '../errors.js'
import { whole, type SettingSpecs, type SettingValues } from '../flags/specs.js'
import { counted, score } from '../terminal/numbers.js'
import type { RunConfig } from '../training/config.js'
import { cellOf } from '../training/optimizer.js'
import type { Chosen } from '../training/settings.js'
import { testResult, trainedForecaster } from './forecast-trained.js'
import { restoreModel } from './kept.js'
import { learnerOf } from './learner.js'
import { foundIn, readNamedHistory, type FoundSeries } from './history.js'
import type { Learner, Measure, TaskKind, TestResult } from './task.js'

const own = {
  target: { type: 'text', default: '', placeholder: 'column', doc: 'the column to forecast' },
  time: { type: 'text', default: '', placeholder: 'column', doc: 'the column of the times' },
  inputs: {
    type: 'text',
    default: '',
    placeholder: 'columns',
    doc: 'further columns of numbers or categories to forecast from, with commas between them',
  },
  horizon: whole(1, 12, 'how many times ahead to forecast'),
  season: whole(1, 12, 'times after which values come again, for the forecast to compare with'),
  quantiles: {
    type: 'text',
    default: '',
    placeholder: 'numbers',
    doc: 'quantiles to forecast, as 0.1,0.5,0.9; the mean where there are none',
  },
  testFraction: {
    type: 'number',
    default: 0.2,
    min: 0,
    max: 0.9,
    doc: 'the part of the data to test on at the end, of a series its end',
  },
} as const satisfies SettingSpecs

type All = Chosen & SettingValues<typeof own>

/** The next values of a series. */
export const forecastTask: TaskKind = {
  name: 'forecast',
  title: 'a forecaster',
  settings: own,
  mostSteps: 2000,
  presets: {
    hidden: 32,
    lr: 5e-3,
    clip: 1,
    patience: 5,
    seqLength: undefined,
    season: undefined,
    horizon: undefined,
  },
  async begin(source, chosen) {
    const [file, ...others] = source.files
    if (file === undefined || others.length > 0) {
      throw new TapeloopError(
        `${source.name} are ${source.files.length} tables; forecast from one at a time.`,
      )
    }
    const bytes = await file.bytes()
    const text = new TextDecoder().decode(await bytes.read(0, bytes.size))
    const keptAs = text.trimStart().startsWith('{') ? 'series.jsonl' : 'series.csv'
    const names = {
      target: String(chosen['target']),
      time: String(chosen['time']),
      inputs: String(chosen['inputs']),
    }
    const history = await readNamedHistory(bytes, names)
    const { time, target } = history
    const settled = { target, time: time ?? '', ...usualCut(history, chosen) }
    const settings = { ...chosen, ...settled } as All
    const { train } = seriesParts(history.table.rows, settings)
    const preparation = fitPreparation(history, { train, season: settings.season })
    const found: FoundSeries = {
      file: keptAs,
      schema: history.schema,
      step: history.step,
      ...preparation,
    }
    const learner = learnerFrom(source.name, history, found, settings)
    return { learner, tokenizer: null, files: { [keptAs]: text }, settled, found }
  },
  async resume(kept) {
    const settings = kept.config as RunConfig & All
    const found = foundIn(kept)
    const history = await readNamedHistory(
      memorySource(await kept.read(found.file), found.file),
      settings,
      found.schema,
    )
    return learnerFrom(kept.config.source, history, found, settings)
  },
  async load(kept, weights, where) {
    const settings = kept.config as RunConfig & All
    const found = foundIn(kept)
    const use = forecastsOf(found, settings)
    const params = restoreModel(use.model, weights, where)
    return trainedForecaster({
      found,
      settings,
      quantiles: quantilesOf(settings),
      forecast: (history) => use.forecast(params, history, history.values.length),
      test: (history) => use.test(params, history, 0),
      own: async () =>
        readNamedHistory(memorySource(await kept.read(found.file), found.file), settings, found.schema),
    })
  },
}

/** The quantiles that a user names. */
function quantilesOf({ quantiles }: Pick<All, 'quantiles'>): number[] {
  const numbers = quantiles === '' ? [] : quantiles.split(',').map(Number)
  if (numbers.every((value, i) => value > (numbers[i - 1] ?? 0) && value < 1)) return numbers
  return refuseUsage(
    `--quantiles is "${quantiles}"; they must ascend and lie between 0 and 1, as 0.1,0.5,0.9.`,
  )
}

/** A forecaster of a series, and what it is for. */
function forecastsOf({ recipe, transform }: FoundSeries, settings: All) {
  const { hidden, layers, horizon, season, options, batchSize, seqLength: length } = settings
  const model = forecaster({
    cell: cellOf(settings),
    hiddenSize: hidden,
    layers,
    options,
    inputSize: seriesInputs(recipe),
    horizon,
    quantiles: quantilesOf(settings),
  })
  const prepared = (history: SeriesHistory) => prepareSeries(history, { recipe, transform })
  return {
    model,
    /** What comes after so many rows. */
    async forecast(params: ForecasterParams, history: SeriesHistory, origin: number) {
      const [next] = await forecastSeries(model, params, prepared(history), [origin], { length, batchSize })
      return next!
    },
    /** How good the forecasts of the rows from one on are. */
    async test(params: ForecasterParams, history: SeriesHistory, from: number): Promise<TestResult> {
      const how = { from, length, horizon, season, batchSize }
      return testResult(await backtest(model, params, prepared(history), how), settings)
    },
  }
}

function learnerFrom(name: string, history: SeriesHistory, found: FoundSeries, settings: All): Learner {
  const { batchSize, seed, seqLength: length, horizon, season } = settings
  const { transform } = found
  const rows = history.table.rows
  const { train, test } = seriesParts(rows, settings)
  const { series } = prepareSeries(history, found)
  const cut = (from: number, to: number): Example<Sequence>[] =>
    to - from < horizon
      ? []
      : seriesWindows(series, { length, horizon, from, to }).map(({ x, y }: SeriesWindow) => ({ x, y }))
  const first = transform.difference
  if (train - first < length + horizon) {
    throw new TapeloopError(
      `${name} has ${counted(rows, 'row')}, of which ${train} are to train on, but --seq-length ${length} and --horizon ${horizon} ` +
        `need ${length + horizon + first}; use a longer series, or smaller numbers.`,
    )
  }
  const [windows, valid] = [cut(first, train), cut(train, test)]
  const { model, ...use } = forecastsOf(found, settings)
  const made = [
    transform.log ? 'logarithms' : '',
    transform.difference > 0 ? `differences from the value ${transform.difference} before` : '',
  ].filter((part) => part !== '')
  return learnerOf<
    ForecasterParams,
    Parameters<Forecaster['batch']>[0],
    ReturnType<Forecaster['batch']>,
    Record<never, never>
  >(
    {
      model,
      train: exampleBatches(windows, { batchSize, seed }),
      valid: valid.length === 0 ? null : exampleBatches(valid, { batchSize }),
      async sample(params) {
        const { values } = await use.forecast(params, history, test)
        return `the next ${horizon}, as it sees them: ${values.map((value) => score(value)).join(', ')}`
      },
      ...(test < rows && { test: (params: ForecasterParams) => use.test(params, history, test) }),
    },
    {
      lines: [
        `${name}: ${counted(rows, 'row')}${history.time === null ? '' : ` by ${history.time}`}; to forecast: ${horizon} × ${history.target} ` +
          `from the ${length} before, season ${season}`,
        `rows 1 to ${train} to train on, to ${test} to validate on, to ${rows} to test on at the end` +
          (made.length === 0 ? '' : `; learned as ${made.join(' and ')}`),
      ],
      summary: {
        name,
        rows,
        target: history.target,
        time: history.time,
        inputs: series.inputNames,
        season,
        horizon,
        trainRows: train,
        validRows: test - train,
        testRows: rows - test,
      },
      changes: [],
      batch: { size: batchSize, noun: 'window', text: counted(batchSize, 'window') },
      validation: valid.length,
      measure,
    },
  )
}

const measure: Measure = {
  lossUnit: '',
  loss: ({ loss }) => loss,
  validation({ loss, metrics }) {
    const error = score(metrics['absoluteError'] ?? NaN)
    return {
      short: error,
      long: `absolute error ${error} (standard deviations)`,
      final: `absolute error ${error} (standard deviations) on the validation rows, squared ${score(loss)},`,
    }
  },
  json: ({ loss, metrics }) => ({ loss, absoluteError: metrics['absoluteError'] ?? NaN }),
}
