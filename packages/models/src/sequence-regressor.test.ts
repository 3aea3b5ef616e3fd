import { flatten, randomKey, tensor, type Tree } from '@tapeloop/core'
import { addingBatches, firstCursor } from '@tapeloop/data'
import { cells, gru, lstm, type Cell } from '@tapeloop/layers'
import { expect, test } from 'vitest'
import { sequenceRegressor } from './sequence-regressor.js'

const small = { inputSize: 2, outputSize: 1, hiddenSize: 4 }

test.each(Object.values<Cell>(cells))(
  'over $name the number of parameters is known without drawing them',
  (cell) => {
    const model = sequenceRegressor({ cell, ...small, layers: 2 })
    const drawn = flatten(model.init(randomKey(1)) as Tree).leaves
    expect(model.parameters).toBe(drawn.reduce((sum, { size }) => sum + size, 0))
  },
)

test('the prediction is made of the last output, and the loss is its mean squared error', () => {
  const model = sequenceRegressor({ cell: lstm, ...small, dtype: 'float64' })
  const params = model.init(randomKey(1))
  const raw = addingBatches({ batchSize: 3, seqLength: 5, seed: 1, dtype: 'float64' }).batch(firstCursor)
  const batch = model.batch(raw)
  const predicted = model.apply(params, batch.x).dataSync()
  expect(batch.y.shape).toEqual([3, 1])
  expect(predicted).toHaveLength(3)
  const { loss, weight } = model.loss(params, batch, model.start(batch))
  const errors = [...predicted].map((value, row) => (value - raw.y[row]!) ** 2)
  expect(loss.itemSync()).toBeCloseTo(errors.reduce((a, b) => a + b) / 3, 12)
  expect(weight).toBe(3)

  // row 0 alone, and with its last step left out
  const alone = (steps: number) =>
    model.apply(params, tensor(raw.x.slice(0, 2 * steps), { shape: [1, steps, 2] })).itemSync()
  expect(alone(5)).toBeCloseTo(predicted[0]!, 12)
  expect(alone(4)).not.toBeCloseTo(predicted[0]!, 6)
})

test('what is saved and loaded predicts the same', async () => {
  const model = sequenceRegressor({ cell: lstm, ...small })
  const params = model.init(randomKey(2))
  const x = tensor([0.5, 1, 0.25, 0], { shape: [1, 2, 2] })
  const loaded = model.load(await model.save(params))
  expect(model.apply(loaded, x).itemSync()).toBe(model.apply(params, x).itemSync())
})

test('predicts of sequences of any length what it predicts of each alone', async () => {
  const model = sequenceRegressor({ cell: gru, ...small, outputSize: 2 })
  const params = model.init(randomKey(3))
  const sequences = [
    [[1, 2]],
    [
      [0.5, 1],
      [0.25, 0],
      [3, 1],
    ],
    [
      [2, 2],
      [1, 0],
    ],
  ]
  const together = await model.predict(params, sequences, { batchSize: 2 })
  expect(together.map(({ length }) => length)).toEqual([2, 2, 2])
  for (const [i, sequence] of sequences.entries()) {
    const alone = model.apply(params, tensor(sequence.flat(), { shape: [1, sequence.length, 2] }))
    together[i]!.forEach((value, k) => expect(value).toBeCloseTo(alone.dataSync()[k]!, 6))
  }
  await expect(model.predict(params, [[[1]]])).rejects.toThrow(
    'sequenceRegressor: x: sequence 0 has 1 numbers at 0; it must have 2',
  )
})
