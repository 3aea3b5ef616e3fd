import { expect, test } from 'vitest'
import { memorySource } from '../sources/byte-source.js'
import { inferSchema } from '../tables/schema.js'
import { readHistory, type SeriesColumns } from './history.js'
import { fitPreparation, prepareSeries, seriesInputs, seriesParts, usualCut } from './preparation.js'
import { restored, seasonalNaive, transformed } from './season.js'

const columns = { target: 'y', time: 'month', inputs: [] }

async function historyOf(values: readonly (number | string)[], chosen: SeriesColumns = columns) {
  const rows = values.map((value, i) => [new Date(Date.UTC(2000, i)).toISOString().slice(0, 10), value])
  const source = memorySource(`month,y\n${rows.map((row) => row.join(',')).join('\n')}\n`, 'y.csv')
  return readHistory(source, await inferSchema(source), chosen)
}

/** Months that grow, with a season that grows with them. */
const growing = Array.from(
  { length: 96 },
  (_, i) => 100 * 1.01 ** i * (1 + 0.3 * Math.sin((Math.PI * i) / 6)),
)

test('a series says by itself how it is cut and prepared', async () => {
  const history = await historyOf(growing)
  const cut = usualCut(history)
  expect(cut).toEqual({ season: 12, horizon: 12, seqLength: 24 })
  expect(usualCut(history, { horizon: 3 })).toMatchObject({ season: 12, horizon: 3 })
  const { train, test } = seriesParts(96, { validFraction: 0.1, testFraction: 0.2, horizon: 12 })
  expect([train, test]).toEqual([65, 77])
  const preparation = fitPreparation(history, { train, season: 12 })
  expect(preparation.transform).toEqual({ log: true, difference: 12 })
  const { series } = prepareSeries(history, preparation)
  expect(series.inputNames).toEqual(['y', 'dayOfYear.sin', 'dayOfYear.cos'])
  expect(seriesInputs(preparation.recipe)).toBe(3)
  const noise = await historyOf(growing.map((_, i) => Math.sin(i * i)))
  expect(fitPreparation(noise, { train: 96, season: 12 }).transform).toEqual({ log: false, difference: 0 })
})

test.each([
  [false, 0],
  [true, 0],
  [false, 12],
  [true, 12],
])('what a model sees leads back to the values, with logarithms %s and differences %i', (log, difference) => {
  const values = Float64Array.from(growing)
  const seen = transformed(values, { log, difference })
  // further ahead than a season, too
  const next = restored([...seen.subarray(60, 90)], values.subarray(0, 60), { log, difference })
  next.forEach((value, i) => expect(value).toBeCloseTo(values[60 + i]!, 9))
})

test('the seasonal-naive forecast is the season before, again and again', () => {
  expect(seasonalNaive(Float64Array.of(9, 1, 2, 3), 3, 5)).toEqual([1, 2, 3, 1, 2])
})

test.each([
  [{ ...columns, time: 'y' }, [1, 2], 'The column "y" of y.csv holds no times, it is of type integer'],
  [
    columns,
    ['', ''],
    'The column "y" of y.csv is of type text, but only numbers are forecast; name another.',
  ],
  [{ ...columns, target: 'z' }, [1, 2], 'has no column "z"; its columns are "month", "y".'],
])('%o is refused', async (chosen, values, message) => {
  await expect(historyOf(values, chosen)).rejects.toThrow(message)
})
