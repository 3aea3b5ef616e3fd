import { TapeloopError } from '@tapeloop/core'
import {
  decodeTargets,
  encodeSeries,
  fitSeries,
  lastWindow,
  memorySource,
  seriesWindows,
  sliceTable,
  type SeriesRecipe,
  type SeriesWindow,
} from '@tapeloop/data'
import {
  exampleBatches,
  forecaster,
  type Example,
  type Forecaster,
  type ForecasterParams,
  type Sequence,
} from '@tapeloop/models'
import { whole, type SettingSpecs, type SettingValues } from '../flags/specs.js'
import { counted, score } from '../terminal/numbers.js'
import type { RunConfig } from '../training/config.js'
import { cellOf } from '../training/optimizer.js'
import type { Chosen } from '../training/settings.js'
import { testForecasts, trainedForecaster } from './forecast-trained.js'
import { restoreModel } from './kept.js'
import { learnerOf } from './learner.js'
import { foundIn, prepared, readHistory, type FoundSeries, type History } from './history.js'
import { paceOf, seasonOf, transformOf } from './season.js'
import type { Learner, Measure, TaskKind } from './task.js'

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
    const history = await readHistory(bytes, names)
    const settled = settledOf(history, chosen)
    const settings = { ...chosen, ...settled } as All
    const { train } = partsOf(history.table.rows, settings)
    const known = history.values.subarray(0, train).filter((value) => !Number.isNaN(value))
    const transform = transformOf(known, settings.season)
    const training = sliceTable(prepared(history, transform), 0, train)
    const recipe = fitSeries(training, {
      targets: [history.target],
      inputs: history.inputs,
      ...(history.time !== null && { time: history.time, calendar: paceOf(history.step).calendar }),
      missing: 'previous',
    })
    const found: FoundSeries = { file: keptAs, schema: history.schema, step: history.step, transform, recipe }
    const learner = learnerFrom(source.name, history, found, settings)
    return { learner, tokenizer: null, files: { [keptAs]: text }, settled, found }
  },
  async resume(kept) {
    const settings = kept.config as RunConfig & All
    const found = foundIn(kept)
    const history = await readHistory(
      memorySource(await kept.read(found.file), found.file),
      settings,
      found.schema,
    )
    return learnerFrom(kept.config.source, history, found, settings)
  },
  async load(kept, weights, where) {
    const settings = kept.config as RunConfig & All
    const found = foundIn(kept)
    const model = modelOf(settings, found.recipe)
    const params = restoreModel(model, weights, where)
    const own = async () =>
      readHistory(memorySource(await kept.read(found.file), found.file), settings, found.schema)
    return trainedForecaster({
      found,
      settings,
      own,
      forecast: forecastsOf(model, params, found, settings),
    })
  },
}

/** Settles what follows from the data where the user does not say. */
function settledOf({ values, step, target, time, table }: History, chosen: Chosen) {
  const [givenSeason, givenHorizon, givenLength] = ['season', 'horizon', 'seqLength'].map(
    (name) => chosen[name] as number | undefined,
  )
  const known = values.filter((value) => !Number.isNaN(value))
  const season = givenSeason ?? (time === null ? 1 : seasonOf(known, paceOf(step)))
  const horizon = givenHorizon ?? Math.min(Math.max(season, 1), 24)
  const longest = Math.max(1, Math.floor(table.rows / 4))
  const seqLength = givenLength ?? Math.min(Math.max(2 * season, 2 * horizon, 12), 64, longest)
  return { target, time: time ?? '', season, horizon, seqLength }
}

/** Where the parts of a series begin: the last for the test, before it that to validate on. */
function partsOf(rows: number, { validFraction, testFraction, horizon }: All) {
  const test = rows - (testFraction === 0 ? 0 : Math.max(horizon, Math.round(rows * testFraction)))
  const train = test - (validFraction === 0 ? 0 : Math.max(horizon, Math.round(rows * validFraction)))
  return { train, test }
}

function modelOf({ hidden, layers, horizon, options, ...settings }: All, recipe: SeriesRecipe): Forecaster {
  return forecaster({
    cell: cellOf(settings as All),
    hiddenSize: hidden,
    layers,
    options,
    inputSize: inputSizeOf(recipe),
    horizon,
  })
}

/** How many numbers there are at each time: the columns, a number for each category, and two for each cycle. */
function inputSizeOf({ numbers, masked, categories, calendar }: SeriesRecipe): number {
  const kinds = categories.reduce((sum, { categories }) => sum + categories.length, 0)
  return numbers.length + masked.length + kinds + 2 * calendar.length
}

/** Forecasts of a series as the model sees it, from windows of it: in the numbers of the series. */
export type Forecasts = (windows: readonly (readonly Float64Array[])[]) => Promise<number[][]>

function forecastsOf(
  model: Forecaster,
  params: ForecasterParams,
  { recipe }: FoundSeries,
  { batchSize }: All,
): Forecasts {
  return async (windows) => {
    const all: number[][] = []
    for (let i = 0; i < windows.length; i += batchSize) {
      const said = await model.predict(params, windows.slice(i, i + batchSize))
      for (const { values } of said)
        all.push([
          ...decodeTargets(
            recipe,
            Float64Array.from(values, ([value]) => value!),
          ),
        ])
    }
    return all
  }
}

function learnerFrom(name: string, history: History, found: FoundSeries, settings: All): Learner {
  const { batchSize, seed, seqLength: length, horizon, season } = settings
  const { transform, recipe } = found
  const rows = history.table.rows
  const { train, test } = partsOf(rows, settings)
  const series = encodeSeries(recipe, prepared(history, transform))
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
  const model = modelOf(settings, recipe)
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
        const end = lastWindow(
          encodeSeries(recipe, sliceTable(prepared(history, transform), 0, test)),
          length,
        )
        const [forecast] = await forecastsOf(model, params, found, settings)([end])
        return `the next ${horizon}, as it sees them: ${forecast!.map((value) => score(value)).join(', ')}`
      },
      ...(test < rows && {
        test: (params: ForecasterParams) =>
          testForecasts(history, found, settings, {
            from: test,
            forecast: forecastsOf(model, params, found, settings),
          }),
      }),
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
