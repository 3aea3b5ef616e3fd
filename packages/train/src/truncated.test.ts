import { full, mean, tensor, type Tensor } from '@tapeloop/core'
import { memoryStorage } from '@tapeloop/formats'
import { expect, test } from 'vitest'
import { filesOf } from '../fixtures/storages.js'
import { collect, tinyData, tinyRun, tinyTask } from '../fixtures/tiny.js'
import { evaluate } from './evaluate.js'
import { fit } from './fit.js'
import { adam } from './optimizers/adam.js'
import { sgd } from './optimizers/sgd.js'
import type { BatchSource, Task } from './task.js'
import { truncatedBackprop } from './truncated.js'

/** `h ← a·h + x`, one step a window, which is asked to be y. */
type Numbers = Readonly<Record<'x' | 'y', number>>
const linearTask: Task<{ a: Tensor }, Numbers, { x: Tensor; y: Tensor }, { h: Tensor }> = {
  init: () => ({ a: full(0.5, [], 'float64') }),
  batch: ({ x, y }) => ({ x: tensor(x, { dtype: 'float64' }), y: tensor(y, { dtype: 'float64' }) }),
  start: () => ({ h: full(0.25, [], 'float64') }),
  loss({ a }, { x, y }, { h }) {
    const next = h.mul(a).add(x)
    const error = next.sub(y)
    return { loss: mean(error.mul(error)), carried: { h: next } }
  },
}
const series = Array.from({ length: 11 }, (_, i) => ({ x: Math.sin(i + 1), y: Math.cos(3 * i) }))
const windows: BatchSource<Numbers> = { batchesPerEpoch: 11, batch: ({ batch }) => series[batch]! }
const rate = 0.05

/** a after each update, by the definition: a loop over steps, with the derivative of the state beside it. */
function expected(every: number, through: number, epochs: number): number[] {
  let a = 0.5
  const path: number[] = []
  for (let epoch = 0; epoch < epochs; epoch++) {
    // the state that went into each step, as it was computed last
    const entering = [0.25]
    for (let end = every; end <= series.length; end += every) {
      const start = Math.max(0, end - Math.max(every, through))
      let [h, slope, gradient] = [entering[start]!, 0, 0]
      const counted = Math.min(every, through)
      for (let t = start; t < end; t++) {
        if (t === end - through) slope = 0
        slope = h + a * slope
        h = a * h + series[t]!.x
        entering[t + 1] = h
        if (t >= end - counted) gradient += (2 * (h - series[t]!.y) * slope) / counted
      }
      a -= rate * gradient
      path.push(a)
    }
  }
  return path
}

test.each([
  [1, 1],
  [1, 3],
  [1, 20],
  [2, 2],
  [2, 3],
  [2, 4],
  [3, 5],
  [3, 1],
  [3, 2],
])('an update every %i windows, through %i, is what its definition says', async (every, through) => {
  const { task, batches } = truncatedBackprop(linearTask, { every, through })
  const draw = ({ a }: { a: Tensor }) => a.item()
  const options = { data: batches(windows), optimizer: sgd({ learningRate: rate }), epochs: 2 }
  const events = await collect(fit(task, { ...options, sample: { every: 1, draw } }))
  const path = events.flatMap((event) => (event.type === 'sample' ? [event.sample] : []))
  const right = expected(every, through, 2)
  expect(path.length).toBe(right.length)
  path.forEach((value, i) => expect(value).toBeCloseTo(right[i]!, 12))
})

test('an evaluation counts every window once, however they overlap', async () => {
  const params = linearTask.init(tensor([0, 1], { dtype: 'int32' }))
  const whole = await evaluate(linearTask, params, windows)
  for (const through of [1, 4]) {
    const { task, batches } = truncatedBackprop(linearTask, { every: 1, through })
    const found = await evaluate(task, params, batches(windows))
    expect(found.loss).toBeCloseTo(whole.loss, 12)
    expect(found.weight).toBe(11)
  }
  const { task, batches } = truncatedBackprop(tinyTask, { every: 3, through: 2 })
  const language = tinyTask.init(tensor([0, 1], { dtype: 'int32' }))
  const [one, other] = [
    await evaluate(tinyTask, language, tinyData),
    await evaluate(task, language, batches(tinyData)),
  ]
  expect(other.weight).toBe(one.weight)
  expect(other.loss).toBeCloseTo(one.loss, 5)
  expect(other.metrics['accuracy']).toBeCloseTo(one.metrics['accuracy']!, 5)
})

test('a metric with terms of its own is the mean over those of all windows', async () => {
  const weighed: typeof linearTask = {
    ...linearTask,
    loss: (params, batch, carried) => ({
      ...linearTask.loss(params, batch, carried),
      metrics: { y: { mean: batch.y, weight: batch.y.mul(batch.y) } },
    }),
  }
  const { task, batches } = truncatedBackprop(weighed, { every: 11, through: 11 })
  const params = linearTask.init(tensor([0, 1], { dtype: 'int32' }))
  const { metrics } = await evaluate(task, params, batches(windows))
  const sumOf = (power: number) => series.reduce((sum, { y }) => sum + y ** power, 0)
  expect(metrics['y']).toBeCloseTo(sumOf(3) / sumOf(2), 12)
})

test('goes on exactly from any stop', async () => {
  const { task, batches } = truncatedBackprop(tinyTask, { every: 2, through: 3 })
  const train = async (storage: ReturnType<typeof memoryStorage>, steps: number) =>
    collect(fit(task, { data: batches(tinyData), optimizer: adam(), steps, run: await tinyRun(storage) }))
  const [whole, stopped] = [memoryStorage(), memoryStorage()]
  await train(whole, 9)
  for (const steps of [1, 3, 4, 6, 9]) await train(stopped, steps)
  const last = 'checkpoints/step-00000009/'
  const filesAt = async (storage: typeof whole) =>
    Object.entries(await filesOf(storage)).filter(([path]) => path.startsWith(last))
  expect(await filesAt(stopped)).toEqual(await filesAt(whole))
  expect((await filesAt(whole)).length).toBe(3)
})

test('with one window for each, it is plain training', async () => {
  const { task, batches } = truncatedBackprop(linearTask, { every: 1, through: 1 })
  const options = { optimizer: sgd({ learningRate: rate }), epochs: 2 }
  const plain = {
    ...windows,
    batch: ({ batch }: { batch: number }) => ({ ...series[batch]!, fresh: batch === 0 }),
  }
  const lossesOf = (events: readonly { readonly type: string }[]) =>
    events.flatMap((event) => (event.type === 'step' && 'loss' in event ? [event.loss] : []))
  const [a, b] = [
    await collect(fit(linearTask, { ...options, data: plain })),
    await collect(fit(task, { ...options, data: batches(windows) })),
  ]
  expect(lossesOf(b)).toEqual(lossesOf(a))
})

test('nonsense is refused by name', () => {
  expect(() => truncatedBackprop(linearTask, { every: 0, through: 1 })).toThrow(
    'truncatedBackprop: every is 0; it must be a whole number of at least 1',
  )
  expect(() => truncatedBackprop(linearTask, { every: 1, through: 1.5 })).toThrow('through is 1.5')
  expect(() => truncatedBackprop(linearTask, { every: 12, through: 1 }).batches(windows)).toThrow(
    'truncatedBackprop: every is 12 but the data has 11 batches an epoch; use more data or a smaller every',
  )
})
