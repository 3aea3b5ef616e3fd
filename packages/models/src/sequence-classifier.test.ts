import { randomKey } from '@tapeloop/core'
import { mulberry32 } from '@tapeloop/data'
import { cells, gru, lstm, type Cell } from '@tapeloop/layers'
import { adam, fit } from '@tapeloop/train'
import { describe, expect, test } from 'vitest'
import { countOf, idleOf, lossOf, wiggled } from '../fixtures/models.js'
import { exampleBatches } from './examples.js'
import { sequenceClassifier } from './sequence-classifier.js'

const small = { vocabularySize: 3, hiddenSize: 4, classes: 3, dtype: 'float64' } as const
const examples = [
  { x: [0, 1, 2], y: 1 },
  { x: [2], y: 0 },
  { x: [1, 1, 0, 2, 2], y: 2 },
]
const kinds = [
  {},
  { embeddingSize: 2, layers: 2 },
  { bidirectional: true },
  { summary: 'mean', bidirectional: true },
  { summary: 'dot' },
  { summary: 'additive', bidirectional: true, layers: 2 },
] as const

test.each(Object.values<Cell>(cells))(
  'over $name every parameter is counted and has a part in the loss',
  (cell) => {
    const model = sequenceClassifier({ cell, ...small, embeddingSize: 2 })
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, examples)).toEqual([])
  },
)

describe.each(kinds)('made with %o', (kind) => {
  const model = sequenceClassifier({ cell: lstm, ...small, ...kind })
  const params = wiggled(model)

  test('every parameter is counted and has a part in the loss', () => {
    expect(model.parameters).toBe(countOf(model))
    expect(idleOf(model, examples)).toEqual([])
  })

  test('padding changes nothing: a batch is the mean over its examples, each alone', async () => {
    const together = lossOf(model, params, examples, 5)
    const apart = examples.map((example) => lossOf(model, params, [example], 1))
    expect(together).toBeCloseTo(apart.reduce((sum, loss) => sum + loss) / 3, 12)
    const all = await model.predict(
      params,
      examples.map(({ x }) => x),
    )
    for (const [row, { x }] of examples.entries()) {
      const [alone] = await model.predict(params, [x])
      expect(all[row]!.label).toBe(alone!.label)
      all[row]!.probabilities.forEach((p, i) => expect(p).toBeCloseTo(alone!.probabilities[i]!, 12))
    }
  })

  test('what is saved and loaded predicts the same', async () => {
    const loaded = model.load(await model.save(params))
    expect(await model.predict(loaded, [[0, 1]])).toEqual(await model.predict(params, [[0, 1]]))
  })
})

test('learns whether the first and the last token agree', async () => {
  const random = mulberry32(3)
  const words = Array.from({ length: 200 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 4) }, () => Math.floor(random() * 2)),
  )
  const labelled = words.map((x) => ({ x, y: x[0] === x.at(-1) ? 1 : 0 }))
  const model = sequenceClassifier({ cell: gru, vocabularySize: 2, hiddenSize: 8, classes: 2 })
  const data = exampleBatches(labelled.slice(0, 150), { batchSize: 25, seed: 1 })
  for await (const event of fit(model, { data, optimizer: adam({ learningRate: 0.03 }), epochs: 30 })) {
    if (event.type !== 'done') continue
    const { metrics, weight } = await model.evaluate(event.params, labelled.slice(150), { batchSize: 16 })
    expect(weight).toBe(50)
    expect(metrics['accuracy']).toBeGreaterThan(0.95)
    const [same, other] = await model.predict(event.params, [
      [1, 0, 0, 1],
      [0, 1, 1],
    ])
    expect([same!.label, other!.label]).toEqual([1, 0])
  }
})

test('reads numbers, one or several at a time', async () => {
  const sizes = { cell: gru, hiddenSize: 3, classes: 2 }
  const one = sequenceClassifier({ ...sizes, inputSize: 1 })
  const params = one.init(randomKey(1))
  expect(await one.predict(params, [[0.5, 2]])).toEqual(await one.predict(params, [[[0.5], [2]]]))
  const two = sequenceClassifier({ ...sizes, inputSize: 2 })
  const [said] = await two.predict(two.init(randomKey(1)), [[Float32Array.of(1, 2)]])
  expect(said!.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 6)
  expect(await two.predict(two.init(randomKey(1)), [])).toEqual([])
})

test.each([
  [{ classes: 0 }, 'sequenceClassifier: classes is 0; it must be a whole number from 1'],
  [{ inputSize: 2 }, 'both inputSize and vocabularySize are given'],
  [{ summary: 'first' as 'last' }, 'summary is first; it must be last or mean or dot or additive'],
  [{ embeddingSize: 1.5 }, 'embeddingSize is 1.5'],
])('%o is refused', (wrong, message) => {
  expect(() => sequenceClassifier({ cell: lstm, ...small, ...wrong })).toThrow(message)
})

test('says in one sentence what is wrong with examples and files', async () => {
  const sizes = { cell: lstm, hiddenSize: 3, classes: 2 }
  expect(() => sequenceClassifier(sizes)).toThrow('neither inputSize nor vocabularySize is given')
  expect(() => sequenceClassifier({ ...sizes, inputSize: 1, embeddingSize: 2 })).toThrow(
    'only tokens have vectors',
  )
  const model = sequenceClassifier({ ...sizes, vocabularySize: 3 })
  const params = model.init(randomKey(1))
  await expect(model.predict(params, [[0, 3]])).rejects.toThrow(
    'sequenceClassifier: x: sequence 0 has 3 at 1; it must be a whole number from 0 to 2',
  )
  await expect(model.predict(params, [[0], []])).rejects.toThrow('sequence 1 is empty')
  await expect(model.evaluate(params, [{ x: [0], y: 2 }])).rejects.toThrow('y: sequence 0 has 2 at 0')
  await expect(model.evaluate(params, [])).rejects.toThrow('there are no examples')
  const numbers = sequenceClassifier({ ...sizes, inputSize: 2 })
  const other = numbers.init(randomKey(1))
  await expect(numbers.predict(other, [[[1, 2], [3]]])).rejects.toThrow('has 1 numbers at 1; it must have 2')
  await expect(numbers.predict(other, [[[1, NaN]]])).rejects.toThrow('has NaN at 0')
  const bytes = await numbers.save(other)
  expect(() => model.load(bytes)).toThrow(
    /^sequenceClassifier.load: .* is expected; load it with the options/,
  )
})
