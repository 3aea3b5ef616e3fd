import { abs, full, mean, tensor, type Tensor } from '@tapeloop/core'
import { memoryStorage } from '@tapeloop/formats'
import { describe, expect, test } from 'vitest'
import { collect, tinyOptions, tinyTask } from '../fixtures/tiny.js'
import { watch, type EarlyStopping, type Watched } from './early-stopping.js'
import { fit, type FitOptions } from './fit.js'
import { sgd } from './optimizers/sgd.js'
import { createRun } from './run.js'
import type { Task } from './task.js'

/** What is remembered after each of the values. */
function watched(options: EarlyStopping, values: readonly number[]): Watched[] {
  let state: Watched | undefined
  return values.map((value, i) => {
    const evaluation = { loss: value, weight: 1, metrics: { accuracy: -value } }
    return (state = watch(options, state, i + 1, evaluation))
  })
}

describe('what is remembered', () => {
  const bad = (options: EarlyStopping, values: readonly number[]) =>
    watched(options, values).map((state) => state.bad)

  test('counts the validations since the best', () => {
    const states = watched({ patience: 9 }, [3, 2, 2, 2.5, 1, NaN, 4])
    expect(states.map((state) => state.bad)).toEqual([0, 0, 1, 2, 0, 1, 2])
    expect(states.at(-1)!.best).toEqual({ step: 5, value: 1 })
    expect(watched({ patience: 9 }, [NaN, Infinity]).at(-1)).toEqual({ best: null, bad: 2 })
  })

  test('asks for the threshold, of the metric that is named', () => {
    expect(bad({ patience: 9, threshold: 0.5 }, [3, 2.6, 2.4, 2.4])).toEqual([0, 1, 0, 1])
    expect(bad({ patience: 9, metric: 'accuracy', mode: 'max' }, [3, 4, 2])).toEqual([0, 1, 0])
    expect(() => bad({ patience: 9, metric: 'f1' }, [1])).toThrow(
      'fit: earlyStopping.metric is f1, which the task does not have; use one of accuracy, loss',
    )
  })
})

/** One number w that falls by 1 a step; the validation loss is |w - 10|, least after 10 of its steps from 20. */
const fallTask: Task<{ w: Tensor }, { train: number }, { train: Tensor }, Record<string, Tensor>> = {
  init: () => ({ w: full(20, []) }),
  batch: ({ train }) => ({ train: tensor(train) }),
  start: () => ({}),
  loss: ({ w }, { train }) => ({
    loss: mean(w.mul(train).add(abs(w.sub(10)).mul(train.neg().add(1)))),
    carried: {},
  }),
}
const repeated = (train: number) => ({ batchesPerEpoch: 1, batch: () => ({ train }) })
const options = {
  data: repeated(1),
  optimizer: sgd({ learningRate: 1 }),
  steps: 100,
  validation: { data: repeated(0), every: 2 },
  earlyStopping: { patience: 3 },
} satisfies FitOptions<{ w: Tensor }, { train: number }, never>

describe('fit', () => {
  test('ends when patience is over, with the best weights', async () => {
    const events = await collect(fit(fallTask, options))
    const done = events.at(-1)!
    expect(done).toMatchObject({ type: 'done', step: 16, bestStep: 10, validation: { loss: 0 } })
    expect(done.type === 'done' && done.params.w.itemSync()).toBe(10)
    const losses = events.flatMap((event) => (event.type === 'validation' ? [event.loss] : []))
    expect(losses).toEqual([8, 6, 4, 2, 0, 2, 4, 6])
  })

  test('has the best weights where the steps are over before patience is', async () => {
    const done = (await collect(fit(fallTask, { ...options, steps: 13 }))).at(-1)!
    expect(done).toMatchObject({ type: 'done', step: 13, bestStep: 10, validation: { loss: 0 } })
    expect(done.type === 'done' && done.params.w.itemSync()).toBe(10)
  })

  test('keeps the best weights in the run, goes on from the last ones, and knows when it has stopped', async () => {
    const run = await createRun(memoryStorage(), { config: {}, command: '', seed: 1, versions: {} })
    await collect(fit(fallTask, { ...options, run }))
    const saved = (await run.latest())!
    expect(saved.name).toBe('step-00000016')
    expect(saved.model['w']!.data[0]).toBe(10)
    expect(saved.optimizer['trained weights.w']!.data[0]).toBe(4)
    const again = await collect(fit(fallTask, { ...options, run }))
    expect(again.map(({ type }) => type)).toEqual(['start', 'done'])
    expect(again.at(-1)).toMatchObject({ step: 16, bestStep: 10, validation: { loss: 0 } })
    // with more patience, or without any
    const patient = await collect(fit(fallTask, { ...options, run, earlyStopping: { patience: 4 } }))
    expect(patient.at(-1)).toMatchObject({ type: 'done', step: 18, bestStep: 10 })
    const { earlyStopping: _, ...plain } = { ...options, run, steps: 20 }
    const done = (await collect(fit(fallTask, plain))).at(-1)!
    expect(done).toMatchObject({ type: 'done', step: 20, validation: { loss: 10 } })
    expect((await run.latest())!.model['w']!.data[0]).toBe(0)
    expect((await run.latest())!.optimizer).not.toHaveProperty('trained weights.w')
  })

  test('does without a validation that is due', async () => {
    const early = { ...options, steps: 1 }
    const done = (await collect(fit(fallTask, early))).at(-1)!
    expect(done).toMatchObject({ type: 'done', step: 1, validation: { loss: 9 } })
    expect(done.type === 'done' && done.params.w.itemSync()).toBe(19)
  })

  test.each([
    [{ earlyStopping: { patience: 0 } }, 'fit: earlyStopping.patience is 0; it must be a whole number'],
    [{ earlyStopping: { patience: 1, threshold: -1 } }, 'fit: earlyStopping.threshold is -1'],
    [
      { earlyStopping: { patience: 1, mode: 'less' as 'min' } },
      'fit: earlyStopping.mode is less; it must be',
    ],
    [
      { earlyStopping: { patience: 1 }, validation: undefined },
      'fit: earlyStopping is given but no validation; give the data to validate on',
    ],
  ])('nonsense such as %j is refused', async (given, message) => {
    await expect(collect(fit(tinyTask, { ...tinyOptions, steps: 1, ...given }))).rejects.toThrow(message)
  })
})
