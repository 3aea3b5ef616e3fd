import { randomKey } from '@tapeloop/core'
import { mulberry32 } from '@tapeloop/data'
import { cells, gru, lstm, type Cell } from '@tapeloop/layers'
import { adam, fit } from '@tapeloop/train'
import { describe, expect, test } from 'vitest'
import { countOf, idleOf, lossOf, wiggled } from '../fixtures/models.js'
import { exampleBatches } from './examples.js'
import { tagger } from './tagger.js'

const small = { vocabularySize: 3, hiddenSize: 4, tags: 4, dtype: 'float64' } as const
const examples = [
  { x: [0, 1, 2], y: [1, 3, 0] },
  { x: [2], y: [2] },
  { x: [1, 1, 0, 2, 2], y: [0, 1, 2, 3, 0] },
]
const sequences = examples.map(({ x }) => x)

test.each(Object.values<Cell>(cells))(
  'over $name every parameter is counted and has a part in the loss',
  (cell) => {
    const model = tagger({ cell, ...small, embeddingSize: 2 })
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, examples)).toEqual([])
  },
)

describe.each([{}, { embeddingSize: 2, layers: 2 }, { bidirectional: true }])('made with %o', (kind) => {
  const model = tagger({ cell: lstm, ...small, ...kind })
  const params = wiggled(model)

  test('every parameter is counted and has a part in the loss', () => {
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, examples)).toEqual([])
  })

  test('padding changes nothing: a batch is the mean over its times, each sequence alone', async () => {
    const apart = examples.map((example) => lossOf(model, params, [example], 1) * example.x.length)
    expect(lossOf(model, params, examples, 5)).toBeCloseTo(apart.reduce((sum, loss) => sum + loss) / 9, 12)
    const alone = await Promise.all(sequences.map(async (x) => (await model.predict(params, [x]))[0]))
    expect(await model.predict(params, sequences)).toEqual(alone)
    expect(alone.map((tags) => tags?.length)).toEqual([3, 1, 5])
  })

  test('what is saved and loaded predicts the same', async () => {
    const loaded = model.load(await model.save(params))
    expect(lossOf(model, loaded, examples, 3)).toBe(lossOf(model, params, examples, 3))
    expect(await model.predict(loaded, sequences)).toEqual(await model.predict(params, sequences))
  })
})

test('learns to tag what stands between ones, which takes both directions', async () => {
  const random = mulberry32(5)
  const labelled = Array.from({ length: 150 }, () => {
    const x = Array.from({ length: 1 + Math.floor(random() * 6) }, () => Math.floor(random() * 2))
    return { x, y: x.map((_, t) => (x[t - 1] ?? 0) & (x[t + 1] ?? 0)) }
  })
  const model = tagger({ cell: gru, vocabularySize: 2, hiddenSize: 8, tags: 2, bidirectional: true })
  const data = exampleBatches(labelled.slice(0, 120), { batchSize: 20, seed: 1 })
  for await (const event of fit(model, { data, optimizer: adam({ learningRate: 0.03 }), epochs: 40 })) {
    if (event.type !== 'done') continue
    const { metrics } = await model.evaluate(event.params, labelled.slice(120))
    expect(metrics['accuracy']).toBeGreaterThan(0.95)
    expect(await model.predict(event.params, [[1, 0, 1, 1]])).toEqual([[0, 1, 0, 0]])
  }
})

test('says in one sentence what is wrong', async () => {
  expect(() => tagger({ cell: lstm, ...small, tags: 0 })).toThrow(
    'tagger: tags is 0; it must be a whole number from 1',
  )
  const model = tagger({ cell: lstm, ...small })
  const params = model.init(randomKey(1))
  await expect(model.evaluate(params, [{ x: [0, 1], y: [1] }])).rejects.toThrow(
    'tagger: y: sequence 0 has tags for 1 of its 2 times; give them for each',
  )
  await expect(model.evaluate(params, [{ x: [0], y: [4] }])).rejects.toThrow(
    'it must be a whole number from 0 to 3',
  )
  expect(await model.predict(params, [])).toEqual([])
})
