import { fitPreparation, inferSchema, memorySource, prepareSeries, readHistory } from '@tapeloop/data'
import { describe, expect, test } from 'vitest'
import type { Forecaster } from './forecaster.js'
import { backtest, forecastSeries } from './series-forecasts.js'

const params = {} as never

async function prepared() {
  const rows = Array.from({ length: 60 }, (_, i) => 10 + i + [0, 5, 2][i % 3]! + (i % 7) / 10)
  const source = memorySource(`y\n${rows.join('\n')}\n`, 'y.csv')
  const history = await readHistory(source, await inferSchema(source), {
    target: 'y',
    time: null,
    inputs: [],
  })
  const { recipe } = fitPreparation(history, { train: 40, season: 1 })
  // neither scaled nor centred: what is said is in differences
  const plain = {
    ...recipe,
    scaler: { type: 'standard', offset: [0], scale: [1] } as const,
    missing: 'mean' as const,
  }
  return prepareSeries(history, { recipe: plain, transform: { log: false, difference: 3 } })
}

/** Says the same of every window, with quantiles around it that cross. */
const always = (value: number, horizon: number): Pick<Forecaster, 'predict'> => ({
  predict: async (_, windows) =>
    windows.map(() => ({
      values: Array.from({ length: horizon }, () => [value]),
      quantiles: Array.from({ length: horizon }, () => [[value + 1, value, value - 1]]),
    })),
})

describe('a series', () => {
  test('that is said to be as a season before is the seasonal-naive forecast', async () => {
    const { model, naive, origins, coverage } = await backtest(always(0, 5), params, await prepared(), {
      from: 40,
      length: 8,
      horizon: 5,
      season: 3,
    })
    expect(origins).toEqual(Array.from({ length: 16 }, (_, i) => 40 + i))
    expect(model.mase).toBeCloseTo(naive.mase, 12)
    expect(model.mse).toBeCloseTo(naive.mse, 9)
    expect(model.mase).toBeGreaterThan(1)
    expect(coverage).toBeLessThan(0.2)
  })

  test('that is said to grow as it does is better', async () => {
    const how = { from: 40, length: 8, horizon: 3, season: 3, most: 4 }
    const { model, naive, origins, coverage } = await backtest(always(3, 3), params, await prepared(), how)
    expect(origins).toEqual([40, 46, 51, 57])
    expect(model.mase).toBeLessThan(naive.mase / 4)
    expect(coverage).toBe(1)
  })

  test('goes on after its end, its quantiles in order', async () => {
    const series = await prepared()
    const [next] = await forecastSeries(always(3, 4), params, series, [60], { length: 8 })
    const known = series.values
    expect(next!.values).toEqual([known[57]! + 3, known[58]! + 3, known[59]! + 3, known[57]! + 6])
    expect(next!.quantiles.map(([first]) => first! - known[57]!)).toEqual([2, 3, 4])
    await expect(forecastSeries(always(3, 4), params, series, [10], { length: 8 })).rejects.toThrow(
      'There are 10 rows, but 11 are needed to forecast; give more.',
    )
  })

  test('that is too short is refused in one sentence', async () => {
    const how = { from: 58, length: 8, horizon: 5, season: 3 }
    await expect(backtest(always(0, 5), params, await prepared(), how)).rejects.toThrow(
      'The data has 60 rows, too few for one forecast of 5 from the 8 before; give more.',
    )
  })
})
