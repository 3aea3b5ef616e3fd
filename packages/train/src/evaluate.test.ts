import { full, max, mean, tensor, type Tensor } from '@tapeloop/core'
import { evaluationBatches } from '@tapeloop/data'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluate, evaluator } from './evaluate.js'
import type { BatchSource, Task } from './task.js'

type Rows = { readonly rows: readonly number[]; readonly fresh?: boolean }
type Values = { readonly values: Tensor }

/** The loss is the mean of (value + what is carried); what is carried is the number of batches before. */
const countingTask: Task<Record<string, Tensor>, Rows, Values, { readonly count: Tensor }> = {
  init: () => ({}),
  batch: ({ rows }) => ({ values: tensor([...rows], { dtype: 'float64', shape: [rows.length] }) }),
  start: () => ({ count: full(0, [], 'float64') }),
  loss: (_params, { values }, { count }, key) => ({
    loss: mean(values.add(count)).add(key === undefined ? 0 : NaN),
    weight: values.size,
    metrics: { double: mean(values.mul(2)) },
    carried: { count: count.add(1) },
  }),
}
const listOf = (list: readonly Rows[]): BatchSource<Rows> => ({
  batchesPerEpoch: list.length,
  batch: ({ batch }) => list[batch]!,
})
const rows = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 5 })

test('means are over all terms, however they are cut into batches', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 5 }), async (batches) => {
      const data = listOf(batches.map((rows) => ({ rows, fresh: true })))
      const { loss, weight, metrics } = await evaluate(countingTask, {}, data)
      const all = batches.flat()
      const expected = all.reduce((sum, value) => sum + value, 0) / all.length
      expect(weight).toBe(all.length)
      expect(loss).toBeCloseTo(expected, 10)
      expect(metrics['double']).toBeCloseTo(2 * expected, 10)
    }),
  )
})

test('a metric that says how many terms it has is the mean over its own', async () => {
  const largest: typeof countingTask = {
    ...countingTask,
    loss(params, batch, carried, key) {
      const weight = full(batch.values.size > 0 ? 1 : 0, [], 'float64')
      const mean = batch.values.size > 0 ? max(batch.values) : full(0, [], 'float64')
      return { ...countingTask.loss(params, batch, carried, key), metrics: { largest: { mean, weight } } }
    },
  }
  const lists = [[1, 2, 6], [4], []]
  const { weight, metrics } = await evaluate(
    largest,
    {},
    listOf(lists.map((rows) => ({ rows, fresh: true }))),
  )
  expect([weight, metrics]).toEqual([4, { largest: 5 }])
  const alone = await evaluate(countingTask, {}, listOf([{ rows: [] }]))
  expect([alone.weight, alone.loss]).toEqual([0, NaN])
})

test('the state is carried, except into fresh batches', async () => {
  const list = [{ rows: [0] }, { rows: [0] }, { rows: [0], fresh: true }, { rows: [0] }, { rows: [0] }]
  expect((await evaluate(countingTask, {}, listOf(list))).loss).toBeCloseTo((0 + 1 + 0 + 1 + 2) / 5, 12)
})

test('batches of padding alone count for nothing', async () => {
  const { loss, weight } = await evaluate(
    countingTask,
    {},
    listOf([{ rows: [] }, { rows: [3], fresh: true }]),
  )
  expect([loss, weight]).toEqual([3, 1])
})

test('only as many batches as asked for are used, of the next epoch too', async () => {
  const list = [
    { rows: [1], fresh: true },
    { rows: [2], fresh: true },
  ]
  expect((await evaluate(countingTask, {}, listOf(list), { batches: 1 })).loss).toBe(1)
  expect((await evaluate(countingTask, {}, listOf(list), { batches: 3 })).weight).toBe(3)
})

test('what is compiled is kept from one evaluation to the next', async () => {
  let traces = 0
  const counting: typeof countingTask = {
    ...countingTask,
    loss: (...args) => (traces++, countingTask.loss(...args)),
  }
  const measure = evaluator(counting)
  for (let i = 0; i < 3; i++) await measure({}, listOf([{ rows: [i] }]))
  expect(traces).toBe(1)
})

test('the batches of an evaluation of tokens cover each target once', async () => {
  const tokens = Int32Array.from({ length: 23 }, (_, i) => i)
  const data = evaluationBatches(tokens, { batchSize: 2, seqLength: 3, context: 'stream' })
  const task: Task<
    Record<string, Tensor>,
    ReturnType<typeof data.batch>,
    Values & { mask: Tensor },
    Record<string, Tensor>
  > = {
    init: () => ({}),
    batch: ({ y, lengths, shape: [size, length] }) => ({
      values: tensor(y, { shape: [size, length], dtype: 'float32' }),
      mask: tensor(
        Float32Array.from({ length: size * length }, (_, i) =>
          i % length < lengths[Math.floor(i / length)]! ? 1 : 0,
        ),
        {
          shape: [size, length],
        },
      ),
    }),
    start: () => ({}),
    loss(_params, { values, mask }) {
      const weight = mask.sum()
      return { loss: values.mul(mask).sum().div(weight), weight, carried: {} }
    },
  }
  const { loss, weight } = await evaluate(task, {}, data)
  expect(weight).toBe(22)
  expect(loss).toBeCloseTo(11.5, 5)
})

test('a signal stops it with its reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(evaluate(countingTask, {}, listOf([{ rows: [1] }]), { signal })).rejects.toThrow('enough')
})

test('data without end needs to be told where to stop', async () => {
  const endless = { batchesPerEpoch: Infinity, batch: () => ({ rows: [1] }) }
  await expect(evaluate(countingTask, {}, endless)).rejects.toThrow(
    'evaluate: the data never ends; say with `batches` how many batches to use',
  )
  expect((await evaluate(countingTask, {}, endless, { batches: 4 })).weight).toBe(4)
})
