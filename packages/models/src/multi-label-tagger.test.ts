import { randomKey } from '@tapeloop/core'
import { mulberry32 } from '@tapeloop/data'
import { cells, gru, lstm, type Cell } from '@tapeloop/layers'
import { adam, fit } from '@tapeloop/train'
import { describe, expect, test } from 'vitest'
import { countOf, idleOf, lossOf, wiggled } from '../fixtures/models.js'
import { exampleBatches } from './examples.js'
import { multiLabelTagger } from './multi-label-tagger.js'

const small = { vocabularySize: 3, hiddenSize: 4, labels: 2, dtype: 'float64' } as const
const examples = [
  {
    x: [0, 1, 2],
    y: [
      [1, 0],
      [0, 0],
      [1, 1],
    ],
  },
  { x: [2], y: [[0, 1]] },
]
const sequences = examples.map(({ x }) => x)

test.each([cells.rnn, cells.gru, cells['peephole-lstm'], cells.sru] as readonly Cell[])(
  'over $name every parameter is counted and has a part in the loss',
  (cell) => {
    const model = multiLabelTagger({ cell, ...small, embeddingSize: 2 })
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, examples)).toEqual([])
  },
)

describe.each([{}, { embeddingSize: 2, layers: 2 }, { bidirectional: true }])('made with %o', (kind) => {
  const model = multiLabelTagger({ cell: lstm, ...small, ...kind })
  const params = wiggled(model)

  test('every parameter is counted and has a part in the loss', () => {
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, examples)).toEqual([])
  })

  test('the loss is the mean over times of what the probabilities cost, and padding changes nothing', async () => {
    const predicted = await model.predict(params, sequences)
    const costs = examples.flatMap(({ y }, i) =>
      y.map((labels, t) =>
        labels.reduce((sum, on, label) => {
          const p = predicted[i]![t]![label]!
          return sum - Math.log(on === 1 ? p : 1 - p)
        }, 0),
      ),
    )
    expect(costs).toHaveLength(4)
    const mean = costs.reduce((sum, cost) => sum + cost) / 4
    expect(lossOf(model, params, examples, 2)).toBeCloseTo(mean, 12)
    expect(lossOf(model, params, examples, 5)).toBeCloseTo(mean, 12)
  })

  test('what is saved and loaded predicts the same', async () => {
    const loaded = model.load(await model.save(params))
    expect(await model.predict(loaded, sequences)).toEqual(await model.predict(params, sequences))
  })
})

test('learns which of two inputs were on a time ago, and counts a time as right with all its labels', async () => {
  const random = mulberry32(7)
  const coin = () => Number(random() < 0.5)
  const labelled = Array.from({ length: 150 }, () => {
    const x = Array.from({ length: 1 + Math.floor(random() * 6) }, () => [coin(), coin()])
    return { x, y: x.map((_, t) => x[t - 1] ?? [0, 0]) }
  })
  const model = multiLabelTagger({ cell: gru, inputSize: 2, hiddenSize: 8, labels: 2 })
  const data = exampleBatches(labelled.slice(0, 120), { batchSize: 20, seed: 1 })
  for await (const event of fit(model, { data, optimizer: adam({ learningRate: 0.03 }), epochs: 40 })) {
    if (event.type !== 'done') continue
    const { metrics } = await model.evaluate(event.params, labelled.slice(120))
    expect(metrics['accuracy']).toBeGreaterThan(0.95)
    const [first] = await model.predict(event.params, [
      [
        [1, 0],
        [0, 1],
        [0, 0],
      ],
    ])
    expect(first!.map((labels) => [...labels].map(Math.round))).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ])
  }
})

test('says in one sentence what is wrong', async () => {
  expect(() => multiLabelTagger({ cell: lstm, ...small, labels: 0 })).toThrow(
    'multiLabelTagger: labels is 0; it must be a whole number from 1',
  )
  const model = multiLabelTagger({ cell: lstm, ...small })
  const params = model.init(randomKey(1))
  await expect(model.evaluate(params, [{ x: [0, 1], y: [[1, 0]] }])).rejects.toThrow(
    'multiLabelTagger: y: sequence 0 has labels for 1 of its 2 times; give them for each',
  )
  await expect(model.evaluate(params, [{ x: [0], y: [[1]] }])).rejects.toThrow(
    'multiLabelTagger: y: sequence 0 has 1 numbers at 0; it must have 2',
  )
  expect(await model.predict(params, [])).toEqual([])
})
