import { add, flatten, full, log, mean, sub, tensor, type Tensor, type Tree } from '@tapeloop/core'
import { addingBatches, type RegressionBatch } from '@tapeloop/data'
import { memoryStorage } from '@tapeloop/formats'
import { describe, expect, test } from 'vitest'
import { collect, tinyData, tinyOptions, tinyTask, trainTiny } from '../fixtures/tiny.js'
import { evaluate } from './evaluate.js'
import { fit } from './fit.js'
import { adam } from './optimizers/adam.js'
import { sgd } from './optimizers/sgd.js'
import { createRun } from './run.js'
import type { BatchSource, Task } from './task.js'

const numbersOf = (tree: Tree) => flatten(tree).leaves.map((leaf) => [...leaf.dataSync()])

/** The last event of a kind. */
function lastOf<E extends { readonly type: string }, T extends E['type']>(events: readonly E[], type: T) {
  return events.findLast((event) => event.type === type) as Extract<E, { readonly type: T }>
}

/** One parameter w; batch i of the data asks for `w + offsets[i]`. */
type Point = { readonly w: Tensor }
type Offset = { readonly offset: Tensor }
const pointTask: Task<Point, { readonly offset: number }, Offset, { readonly seen: Tensor }> = {
  init: () => ({ w: full(1, []) }),
  batch: ({ offset }) => ({ offset: tensor(offset) }),
  start: () => ({ seen: full(0, []) }),
  loss: ({ w }, { offset }, { seen }) => ({
    loss: log(add(w, offset)),
    carried: { seen: seen.add(1) },
    metrics: { seen },
  }),
}
const listOf = <Raw>(list: readonly Raw[]): BatchSource<Raw> => ({
  batchesPerEpoch: list.length,
  batch: ({ batch }) => list[batch]!,
})

describe('the stream of events', () => {
  test('tells what happens in order', async () => {
    const events = await collect(trainTiny(memoryStorage(), 13))
    const steps = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => `step ${from + i}`)
    expect(events.map(({ type, step }) => `${type} ${step}`)).toEqual([
      'start 0',
      ...steps(1, 4),
      'checkpoint 4',
      ...steps(5, 6),
      'validation 6',
      ...steps(7, 8),
      'checkpoint 8',
      'step 9',
      'epoch 9',
      ...steps(10, 12),
      'validation 12',
      'checkpoint 12',
      'step 13',
      'checkpoint 13',
      'validation 13',
      'done 13',
    ])
    expect(events[0]).toEqual({ type: 'start', step: 0, totalSteps: 13, parameters: 102, checkpoint: null })
    expect(lastOf(events, 'done')).toMatchObject({ epoch: 1, checkpoint: 'step-00000013' })
    const losses = events.flatMap((event) => (event.type === 'step' && event.step <= 9 ? [event.loss] : []))
    expect(lastOf(events, 'epoch').loss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss) / 9, 12)
  })

  test('learns, and ends with the evaluation of the parameters it gives', async () => {
    const events = await collect(fit(tinyTask, { ...tinyOptions, epochs: 30, seed: 3 }))
    const done = lastOf(events, 'done')
    const first = events.find((event) => event.type === 'epoch')!
    expect(lastOf(events, 'epoch').loss).toBeLessThan(first.loss / 2)
    expect(done).toMatchObject({ step: 270, epoch: 30, checkpoint: null })
    expect(done.validation).toEqual(await evaluate(tinyTask, done.params, tinyOptions.validation.data))
    expect(done.validation!.weight).toBe(24)
  })

  test('validates each epoch unless told otherwise, on as many batches as are asked for', async () => {
    const validation = { data: tinyData, batches: 2 }
    const events = await collect(fit(tinyTask, { ...tinyOptions, validation, epochs: 2 }))
    const steps = events.flatMap((event) => (event.type === 'validation' ? [[event.step, event.weight]] : []))
    expect(steps).toEqual([
      [9, 16],
      [18, 16],
    ])
  })

  test('draws samples with the parameters of the moment', async () => {
    const draw = async ({ w }: Point, step: number) => `${step}: ${(await w.item()).toFixed(2)}`
    const optimizer = sgd({ learningRate: 0.5 })
    const data = listOf([{ offset: 1 }])
    const options = { data, optimizer, steps: 4, sample: { every: 2, draw } }
    const events = await collect(fit(pointTask, options))
    expect(events.flatMap((event) => (event.type === 'sample' ? [event.sample] : []))).toEqual([
      '2: 0.46',
      '4: -0.32',
    ])
  })

  test('lets timers through, though every promise is settled at once', async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    const slow: typeof tinyData = {
      ...tinyData,
      batch(cursor) {
        const end = performance.now() + 20
        while (performance.now() < end);
        return tinyData.batch(cursor)
      },
    }
    await collect(fit(tinyTask, { ...tinyOptions, validation: undefined, data: slow, steps: 6 }))
    clearInterval(timer)
    expect(ticks).toBeGreaterThanOrEqual(4)
  })

  test('traces the training step and the evaluation once, whatever the schedule', async () => {
    let traces = 0
    const counting: typeof tinyTask = { ...tinyTask, loss: (...args) => (traces++, tinyTask.loss(...args)) }
    const optimizer = adam({
      learningRate: (step, dtype) => full(0.01, [], dtype).div(step.add(1).cast(dtype)),
    })
    await collect(fit(counting, { ...tinyOptions, optimizer, steps: 30 }))
    expect(traces).toBe(2)
  })
})

describe('what goes in', () => {
  test('the state is carried from batch to batch, except into fresh ones', async () => {
    const data = listOf([{ offset: 5 }, { offset: 5 }, { offset: 5, fresh: true }, { offset: 5 }])
    const options = { data, optimizer: sgd({ learningRate: 0.01 }), epochs: 2 }
    const events = await collect(fit(pointTask, options))
    const seen = events.flatMap((event) => (event.type === 'step' ? [event.metrics['seen']] : []))
    expect(seen).toEqual([0, 1, 0, 1, 2, 3, 0, 1])
  })

  test('given parameters are begun with and left as they are', async () => {
    const params = { w: tensor(3) }
    const data = listOf([{ offset: 0 }])
    const events = await collect(
      fit(pointTask, { data, optimizer: sgd({ learningRate: 0.3 }), steps: 1, params }),
    )
    expect(lastOf(events, 'done').params.w.itemSync()).toBeCloseTo(2.9, 6)
    expect(params.w.itemSync()).toBe(3)
  })

  test('the same seed gives the same bits, another seed others', async () => {
    const train = async (seed: number) =>
      numbersOf(lastOf(await collect(fit(tinyTask, { ...tinyOptions, steps: 5, seed })), 'done').params)
    const first = await train(1)
    expect(await train(1)).toEqual(first)
    expect(await train(2)).not.toEqual(first)
  })

  test('the seed of the run is the seed of the training', async () => {
    const train = async (options: object) =>
      numbersOf(lastOf(await collect(fit(tinyTask, { ...tinyOptions, steps: 2, ...options })), 'done').params)
    const record = { config: {}, command: '', seed: 5, versions: {} }
    expect(await train({ run: await createRun(memoryStorage(), record) })).toEqual(await train({ seed: 5 }))
  })

  test('a regression on data that never ends is trained just as well', async () => {
    const data = addingBatches({ batchSize: 32, seqLength: 2, seed: 1, dtype: 'float32' })
    const task: Task<
      { k: Tensor },
      RegressionBatch<Float32Array>,
      { x: Tensor; y: Tensor },
      Record<string, Tensor>
    > = {
      init: () => ({ k: full(0, [4, 1]) }),
      batch: ({ x, y, shape: [size] }) => ({
        x: tensor(x, { shape: [size, 4] }),
        y: tensor(y, { shape: [size, 1] }),
      }),
      start: () => ({}),
      loss({ k }, { x, y }) {
        const error = sub(x.matmul(k), y)
        return { loss: mean(error.mul(error)), carried: {} }
      },
    }
    const validation = { data, batches: 10 }
    const events = await collect(
      fit(task, { data, validation, optimizer: adam({ learningRate: 0.05 }), steps: 200 }),
    )
    expect(lastOf(events, 'done').validation!.loss).toBeLessThan(1e-3)
  })

  test.each([
    [{}, 'fit: neither steps nor epochs is given; give one'],
    [{ steps: 1, epochs: 1 }, 'fit: both steps and epochs are given; give one'],
    [{ steps: 1.5 }, 'fit: steps is 1.5; it must be a whole number of at least 0'],
    [{ epochs: -1 }, 'fit: epochs is -1; it must be a whole number of at least 0'],
    [{ steps: 1, clip: NaN }, 'fit: clip is NaN; it must be a finite number of at least 0'],
    [
      { steps: 1, checkpoint: { keep: 0 } },
      'fit: checkpoint.keep is 0; it must be a whole number of at least 1',
    ],
    [
      { steps: 1, validation: { data: tinyData, every: 0 } },
      'fit: validation.every is 0; it must be a whole',
    ],
    [
      { epochs: 1, data: { ...tinyData, batchesPerEpoch: Infinity } },
      'fit: epochs are given but the data never ends',
    ],
    [
      { steps: 1, validation: { data: { ...tinyData, batchesPerEpoch: Infinity } } },
      'evaluate: the data never ends; say with `batches` how many batches to use',
    ],
  ])('nonsense such as %j is refused', async (options, message) => {
    await expect(collect(fit(tinyTask, { ...tinyOptions, ...options }))).rejects.toThrow(message)
  })

  test('a carried state of another shape is refused by its name', async () => {
    const growing: typeof tinyTask = {
      ...tinyTask,
      loss: (...args) => ({ ...tinyTask.loss(...args), carried: { h: full(0, [1, 6]) } }),
    }
    await expect(collect(fit(growing, { ...tinyOptions, steps: 1 }))).rejects.toThrow(
      'training step: the carried state: h goes in as float32 [2, 6] but comes out as float32 [1, 6]; ' +
        'keep its shape and dtype',
    )
  })
})

describe('a step that is not finite', () => {
  // log(w - 1) is not finite at w = 1, and the third batch asks for it
  const data = listOf([{ offset: 5 }, { offset: 5 }, { offset: -1 }])
  const still = sgd({ learningRate: 1e-12 })

  async function train(options: object = {}) {
    const events: { readonly type: string; readonly step: number }[] = []
    let error = ''
    try {
      for await (const event of fit(pointTask, { data, optimizer: still, steps: 9, ...options }))
        events.push(event)
    } catch (thrown) {
      error = (thrown as Error).message
    }
    return { events, error }
  }

  test('is not made, is named, and ends the training', async () => {
    const { events, error } = await train()
    expect(events.map(({ type, step }) => `${type} ${step}`)).toEqual([
      'start 0',
      'step 1',
      'step 2',
      'nonfinite 2',
    ])
    expect(error).toBe(
      'fit: training stopped after 2 updates, for the loss is not finite: log gives -Infinity; lower the learning ' +
        'rate, clip the gradients, or look at batch 2 of epoch 0 (no checkpoint was saved before)',
    )
    expect(events.at(-1)).toMatchObject({ message: error, found: { op: 'log', loops: [] }, checkpoint: null })
  })

  test('leaves the last good checkpoint, from which training goes on with a mended batch', async () => {
    const storage = memoryStorage()
    const run = await createRun(storage, { config: {}, command: '', seed: 1, versions: {} })
    const { events, error } = await train({ run, checkpoint: { every: 1 } })
    expect(error).toContain('(the last good checkpoint is step-00000002)')
    expect(events.at(-1)).toMatchObject({ type: 'nonfinite', checkpoint: 'step-00000002' })
    expect((await run.metrics()).at(-1)).toMatchObject({ type: 'nonfinite', step: 2, message: error })
    const mended = listOf([{ offset: 5 }, { offset: 5 }, { offset: 5 }])
    const more = await collect(fit(pointTask, { data: mended, optimizer: still, steps: 4, run }))
    expect(more[0]).toMatchObject({ step: 2, checkpoint: 'step-00000002' })
    expect((await run.metrics()).map(({ type, step }) => `${type} ${step}`)).toEqual([
      'step 1',
      'step 2',
      'step 3',
      'epoch 3',
      'step 4',
    ])
  })

  test('is found in the gradient where the loss is finite', async () => {
    const steep: typeof pointTask = {
      ...pointTask,
      loss: ({ w }, { offset }, carried) => ({ loss: w.add(offset).pow(0.5), carried }),
    }
    const events = fit(steep, { data: listOf([{ offset: -1 }]), optimizer: still, steps: 1 })
    await expect(collect(events)).rejects.toThrow(/for the gradient is not finite: \w+ gives Infinity;/)
  })

  test('is found by the batch where that is to blame', async () => {
    const events = fit(pointTask, { data: listOf([{ offset: NaN }]), optimizer: still, steps: 1 })
    await expect(collect(events)).rejects.toThrow('the loss is not finite: batch.offset holds NaN;')
  })

  test('is never saved where only the update went wrong', async () => {
    const run = await createRun(memoryStorage(), { config: {}, command: '', seed: 1, versions: {} })
    const far = sgd({ learningRate: 1e39 })
    const events = fit(pointTask, { data: listOf([{ offset: 5 }]), optimizer: far, steps: 1, run })
    await expect(collect(events)).rejects.toThrow(
      'training stopped after 1 updates, for the update made w not finite;',
    )
    expect(await run.checkpoints()).toEqual([])
  })
})

describe('stopping', () => {
  test('by the signal saves and says so', async () => {
    const storage = memoryStorage()
    const controller = new AbortController()
    const events: unknown[] = []
    for await (const event of trainTiny(storage, 100, { signal: controller.signal })) {
      events.push(event)
      if (event.type === 'step' && event.step === 7) controller.abort()
    }
    expect(events.slice(-2)).toMatchObject([
      { type: 'checkpoint', step: 7, name: 'step-00000007' },
      { type: 'interrupted', step: 7, checkpoint: 'step-00000007' },
    ])
  })

  test('by the signal works without a run, and before the first step', async () => {
    const signal = AbortSignal.abort()
    const events = await collect(fit(tinyTask, { ...tinyOptions, steps: 5, signal }))
    expect(events).toMatchObject([{ type: 'start' }, { type: 'interrupted', step: 0, checkpoint: null }])
  })

  test('by the signal does not wait for a long evaluation', async () => {
    const controller = new AbortController()
    let batches = 0
    const endless: typeof tinyData = {
      batchesPerEpoch: 1e9,
      batch: (cursor) => {
        if (++batches === 5) controller.abort()
        return tinyData.batch({ ...cursor, batch: cursor.batch % 9 })
      },
    }
    const validation = { data: endless, every: 2 }
    const events = await collect(
      fit(tinyTask, { ...tinyOptions, validation, steps: 5, signal: controller.signal }),
    )
    expect(events.map(({ type, step }) => `${type} ${step}`)).toEqual([
      'start 0',
      'step 1',
      'step 2',
      'interrupted 2',
    ])
  })

  test('an error of the task or the data comes through', async () => {
    const broken = { ...tinyData, batch: () => Promise.reject(new Error('the disk is gone')) }
    await expect(collect(fit(tinyTask, { ...tinyOptions, data: broken, steps: 1 }))).rejects.toThrow(
      'the disk is gone',
    )
  })
})
