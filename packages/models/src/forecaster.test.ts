import { randomKey, tensor } from '@tapeloop/core'
import { mulberry32 } from '@tapeloop/data'
import { cells, gru, lstm, type Cell } from '@tapeloop/layers'
import { adam, fit } from '@tapeloop/train'
import { describe, expect, test } from 'vitest'
import { countOf, idleOf, lossOf, wiggled } from '../fixtures/models.js'
import { exampleBatches, type Example, type Sequence } from './examples.js'
import { forecastWindows } from './forecast-windows.js'
import { forecaster } from './forecaster.js'
import { quantileLosses } from './quantiles.js'

const small = { hiddenSize: 4, inputSize: 2, outputSize: 2, dtype: 'float64' } as const
const xs = [
  [[1, 2]],
  [
    [0, 1],
    [2, 0],
    [1, -1],
  ],
  [
    [0.5, 0],
    [1, 2],
  ],
]
const each: Example<Sequence>[] = xs.map((x) => ({ x, y: x.map(([a, b]) => [b!, a! - b!]) }))
const ahead: Example<Sequence>[] = xs.map((x) => ({ x, y: [...x, ...x, ...x].slice(0, 3) }))
const kinds = [
  { horizon: 'each' },
  { horizon: 3 },
  { horizon: 'each', quantiles: [0.1, 0.5, 0.8], layers: 2 },
  { horizon: 3, quantiles: [0.2] },
] as const

test.each(Object.values<Cell>(cells))(
  'over $name every parameter is counted and has a part in the loss',
  (cell) => {
    const model = forecaster({ cell, ...small, horizon: 'each' })
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, each)).toEqual([])
  },
)

describe.each(kinds)('made with %o', (kind) => {
  const model = forecaster({ cell: lstm, ...small, ...kind })
  const params = wiggled(model)
  const examples = kind.horizon === 'each' ? each : ahead

  test('every parameter is counted and has a part in the loss', () => {
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, examples)).toEqual([])
  })

  test('padding changes nothing: a batch is the mean over its examples, each alone', async () => {
    const terms = examples.map(({ y }) => y.length)
    const apart = examples.map((example, i) => lossOf(model, params, [example], 1) * terms[i]!)
    const mean = apart.reduce((sum, loss) => sum + loss) / terms.reduce((sum, n) => sum + n)
    expect(lossOf(model, params, examples, 5)).toBeCloseTo(mean, 12)
    const all = await model.predict(params, xs)
    for (const [row, x] of xs.entries()) {
      const [alone] = await model.predict(params, [x])
      expect(all[row]!.values).toHaveLength(kind.horizon === 'each' ? x.length : 3)
      for (const part of ['values', 'quantiles'] as const) {
        const [a, b] = [all[row]![part].flat(2), alone![part].flat(2)]
        expect(a).toHaveLength(b.length)
        a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 12))
      }
    }
  })

  test('what is saved and loaded predicts the same', async () => {
    const loaded = model.load(await model.save(params))
    expect(await model.predict(loaded, xs)).toEqual(await model.predict(params, xs))
  })
})

test('the loss of a quantile is least where so much lies below', () => {
  const y = tensor([1, 2, 3, 4], { dtype: 'float64' })
  const lossAt = (value: number) =>
    quantileLosses(
      tensor([value, value, value, value], { shape: [4, 1], dtype: 'float64' }),
      y,
      tensor([0.7], { dtype: 'float64' }),
    )
      .sum()
      .itemSync()
  expect(lossAt(3)).toBeCloseTo(0.7 * 1 + 0.3 * (2 + 1), 12)
  expect(lossAt(3)).toBeLessThan(Math.min(lossAt(2.9), lossAt(3.1)))
})

test.each([3, 'each'] as const)('learns how a wave goes on, with the horizon %s', async (horizon) => {
  const wave = Float64Array.from({ length: 120 }, (_, t) => Math.sin(t / 3))
  const windows = forecastWindows(wave, { length: 12, horizon, stride: 2 })
  const model = forecaster({ cell: gru, hiddenSize: 8, horizon })
  const data = exampleBatches(windows, { batchSize: 11, seed: 1 })
  for await (const event of fit(model, { data, optimizer: adam({ learningRate: 0.02 }), epochs: 60 })) {
    if (event.type !== 'done') continue
    const { loss, metrics } = await model.evaluate(event.params, windows)
    // always answering 0 gives 0.5
    expect(loss).toBeLessThan(0.02)
    expect(metrics['absoluteError']).toBeLessThan(0.15)
  }
})

test('quantiles learn how wide noise is', async () => {
  const random = mulberry32(1)
  const examples = Array.from({ length: 200 }, () => ({ x: [random()], y: [random()] }))
  const model = forecaster({ cell: gru, hiddenSize: 4, quantiles: [0.1, 0.5, 0.9] })
  const data = exampleBatches(examples, { batchSize: 50, seed: 1 })
  for await (const event of fit(model, { data, optimizer: adam({ learningRate: 0.03 }), epochs: 60 })) {
    if (event.type !== 'done') continue
    const [said] = await model.predict(event.params, [[0.5]])
    const [low, middle, high] = said!.quantiles[0]![0]!
    expect(said!.values).toEqual([[middle]])
    expect(Math.abs(low! - 0.1)).toBeLessThan(0.1)
    expect(Math.abs(middle! - 0.5)).toBeLessThan(0.1)
    expect(Math.abs(high! - 0.9)).toBeLessThan(0.1)
    const { metrics } = await model.evaluate(event.params, examples)
    expect(Math.abs(metrics['coverage']! - 0.8)).toBeLessThan(0.07)
  }
})

test('a series is cut into what is known and what follows', () => {
  const series = [0, 1, 2, 3, 4, 5]
  expect(forecastWindows(series, { length: 2, horizon: 2, stride: 2 })).toEqual([
    { x: [0, 1], y: [2, 3] },
    { x: [2, 3], y: [4, 5] },
  ])
  expect(forecastWindows([[0], [1], [2]], { length: 2, horizon: 'each' })).toEqual([
    { x: [[0], [1]], y: [[1], [2]] },
  ])
  expect(() => forecastWindows(series, { length: 5, horizon: 2 })).toThrow(
    'forecastWindows: the series has 6 times but one window needs 7',
  )
})

test.each([
  [{ horizon: 0 }, 'forecaster: horizon is 0; it must be a whole number from 1, or each'],
  [{ quantiles: [0.5, 0.1] }, 'quantiles are 0.5, 0.1; they must ascend'],
  [{ quantiles: [1] }, 'quantiles are 1; they must'],
  [{ outputSize: 0 }, 'outputSize is 0'],
])('%o is refused', (wrong, message) => {
  expect(() => forecaster({ cell: lstm, ...small, ...wrong })).toThrow(message)
})

test('says which example has another number of times', async () => {
  const model = forecaster({ cell: lstm, hiddenSize: 3, horizon: 2 })
  await expect(model.evaluate(model.init(randomKey(1)), [{ x: [1], y: [1] }])).rejects.toThrow(
    'forecaster: y: sequence 0 has 1 times; with the horizon 2 it must have 2',
  )
})
