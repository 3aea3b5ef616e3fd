import { mapTree, tensor, type Tensor } from '@tapeloop/core'
import { memoryStorage, type Storage } from '@tapeloop/formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dyingStorage, filesOf, smallStorage, type Death } from '../fixtures/storages.js'
import { collect, tinyData, tinyRun, tinyTask, trainTiny } from '../fixtures/tiny.js'
import { clipByNorm } from './clip.js'
import { evaluate } from './evaluate.js'
import type { FitEvent } from './events.js'
import { accumulate } from './optimizers/accumulate.js'
import { adam } from './optimizers/adam.js'
import { chain, type GradientTransform } from './optimizers/chain.js'
import { ema } from './optimizers/ema.js'
import { groups } from './optimizers/groups.js'
import { lion } from './optimizers/lion.js'
import { muon } from './optimizers/muon.js'
import { ntAsgd } from './optimizers/nt-asgd.js'
import { onPlateau } from './optimizers/on-plateau.js'
import { rmsprop } from './optimizers/rmsprop.js'
import { sgd } from './optimizers/sgd.js'

type Options = Parameters<typeof trainTiny>[2]

/** The files and the last parameters of a training that never stopped. */
async function unstopped(steps: number, options: Options = {}) {
  const storage = memoryStorage()
  await collect(trainTiny(storage, steps, options))
  return filesOf(storage)
}

/** Expects the same files, apart from older checkpoints: stops make more of them, and may outlive their deletion. */
async function expectSame(storage: Storage, whole: Readonly<Record<string, string>>, message?: string) {
  const newest = Object.keys(whole)
    .findLast((path) => path.startsWith('checkpoints/'))!
    .slice(0, -'/state.json'.length)
  const withoutOlder = (files: Readonly<Record<string, string>>) =>
    Object.entries(files).filter(([path]) => !path.startsWith('checkpoints/') || path.startsWith(newest))
  expect(withoutOlder(await filesOf(storage)), message).toEqual(withoutOlder(whole))
}

test('20 steps are, bit for bit, 10 steps, a save, a load and 10 steps', async () => {
  const storage = memoryStorage()
  await collect(trainTiny(storage, 10))
  const [start] = await collect(trainTiny(storage, 20))
  expect(start).toMatchObject({ type: 'start', step: 10, totalSteps: 20, checkpoint: 'step-00000010' })
  const files = await filesOf(storage)
  expect(files).toEqual(await unstopped(20))
  expect(Object.keys(files)).toContain('checkpoints/step-00000020/model.safetensors')
})

test('so it is after any number of interruptions, before any event', async () => {
  const whole = await unstopped(20)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }), async (pieces) => {
      const storage = memoryStorage()
      for (const piece of pieces) {
        const controller = new AbortController()
        let count = 0
        let last: FitEvent<never> | undefined
        for await (const event of trainTiny(storage, 20, { signal: controller.signal })) {
          last = event as FitEvent<never>
          if (++count === piece) controller.abort()
        }
        expect(['interrupted', 'done']).toContain(last!.type)
      }
      await collect(trainTiny(storage, 20))
      await expectSame(storage, whole)
    }),
    { numRuns: 25 },
  )
})

const noise: GradientTransform = {
  init: () => ({ count: tensor(0, { dtype: 'int32' }) }),
  update: (gradients, { count }) => ({
    gradients: mapTree(gradients, (leaf) => leaf.add((count as Tensor).cast('float32').mul(1e-3))),
    state: { count: (count as Tensor).add(1) },
  }),
}
const every: Readonly<Record<string, Options>> = {
  lion: { optimizer: lion({ learningRate: 0.01, weightDecay: 0.1 }) },
  muon: { optimizer: muon({ learningRate: 0.02 }) },
  'muon over some': {
    optimizer: muon({ isMatrix: (path) => path === 'cell.kernel', others: rmsprop({ learningRate: 0.01 }) }),
  },
  // so high that the validation loss soon gets worse
  'NT-ASGD': {
    optimizer: ntAsgd({ learningRate: 20, patience: 1 }),
    validation: { data: tinyData, every: 2 },
  },
  ema: { optimizer: ema(adam({ learningRate: 0.02 }), { decay: 0.8 }) },
  'ema in a group called like what is stored': {
    optimizer: groups((path) => (path === 'head' ? 'trained' : 'weights'), {
      trained: ema(sgd({ learningRate: 0.5 })),
      weights: sgd({ learningRate: 0.5, momentum: 0.9 }),
    }),
  },
  accumulation: { optimizer: accumulate(adam({ learningRate: 0.02 }), 3) },
  chain: { optimizer: chain((gradients) => clipByNorm(gradients, 0.1), noise, adam()) },
  'a rate that falls on a plateau': {
    optimizer: onPlateau((learningRate) => adam({ learningRate }), {
      learningRate: 0.5,
      factor: 0.5,
      patience: 0,
      threshold: 0.2,
    }),
    validation: { data: tinyData, every: 2 },
  },
  'early stopping': {
    optimizer: sgd({ learningRate: 20 }),
    validation: { data: tinyData, every: 2 },
    earlyStopping: { patience: 3 },
  },
  'early stopping with a mean of the weights': {
    optimizer: ema(adam({ learningRate: 0.02 }), { decay: 0.5 }),
    validation: { data: tinyData, every: 3 },
    earlyStopping: { patience: 2, metric: 'accuracy', mode: 'max' },
  },
}

test.each(Object.entries(every))(
  'a training with %s goes on exactly from any stop',
  async (_name, options) => {
    const whole = await unstopped(20, options)
    for (const pieces of [[10], [3, 7, 8], [1, 2, 6, 14]]) {
      const storage = memoryStorage()
      for (const piece of [...pieces, 20]) await collect(trainTiny(storage, piece, options))
      await expectSame(storage, whole, `stopped at ${pieces.join(', ')}`)
    }
  },
)

test('the average that is trained towards is what a checkpoint has as its model', async () => {
  const { optimizer, validation } = every['NT-ASGD']!
  const storage = memoryStorage()
  const events = await collect(trainTiny(storage, 20, { optimizer: optimizer!, validation }))
  const done = events.at(-1)!
  const latest = (await (await tinyRun(storage)).latest())!
  // it was triggered, or this would prove nothing
  expect(latest.optimizer['count']!.data[0]).toBeGreaterThan(2)
  expect(latest.optimizer['trigger.isOn']!.data[0]).toBe(1)
  if (done.type !== 'done') throw new Error(`the training ended with ${done.type}`)
  expect([...latest.model['head']!.data]).toEqual([...done.params.head.dataSync()])
  expect([...latest.model['head']!.data]).toEqual([...latest.optimizer['mean.head']!.data])
  expect(latest.model['head']!.data).not.toEqual(latest.optimizer['trained weights.head']!.data)
  expect(done.validation!.loss).toBe((await evaluate(tinyTask, done.params, tinyData)).loss)
})

test('a training that nobody reads any further leaves what it has logged and goes on exactly', async () => {
  const storage = memoryStorage()
  for await (const event of trainTiny(storage, 20)) if (event.step === 11) break
  const lines = await (await tinyRun(storage)).metrics()
  expect(lines.at(-1)).toMatchObject({ type: 'step', step: 11 })
  await collect(trainTiny(storage, 20))
  expect(await filesOf(storage)).toEqual(await unstopped(20))
})

const deaths: readonly Death[] = ['before', 'after', 'half']

test.each(deaths)('killed %s any one change to the disk, it goes on exactly', async (death) => {
  const steps = 13
  const whole = await unstopped(steps)
  let changes = Infinity
  for (let deathAt = 1; deathAt <= changes; deathAt++) {
    const storage = memoryStorage()
    const dying = dyingStorage(storage, deathAt, death)
    const outcome = await collect(trainTiny(dying, steps)).catch((error: Error) => error.message)
    if (outcome !== 'killed') changes = dying.changes
    await collect(trainTiny(storage, steps))
    await expectSame(storage, whole, `death at change ${deathAt}`)
  }
  expect(changes).toBeGreaterThan(10)
})

test('killed again and again, it goes on exactly', async () => {
  const whole = await unstopped(20)
  const kill = fc.record({ at: fc.integer({ min: 1, max: 9 }), death: fc.constantFrom(...deaths) })
  await fc.assert(
    fc.asyncProperty(fc.array(kill, { minLength: 2, maxLength: 6 }), async (kills) => {
      const storage = memoryStorage()
      for (const { at, death } of kills) {
        const outcome = await collect(trainTiny(dyingStorage(storage, at, death), 20)).then(
          () => 'done',
          (error: Error) => error.message,
        )
        expect(outcome).toMatch(/^(done|killed)$/)
      }
      await collect(trainTiny(storage, 20))
      await expectSame(storage, whole)
    }),
    { numRuns: 20 },
  )
})

test('on a disk of any size that fills up, what was saved stays, and goes on exactly with more room', async () => {
  const steps = 13
  const whole = await unstopped(steps)
  const endings: string[] = []
  for (let capacity = 200; endings.at(-1) !== 'done'; capacity += 250) {
    const storage = memoryStorage()
    let saved = ''
    const train = async () => {
      for await (const event of trainTiny(smallStorage(storage, capacity), steps)) {
        if (event.type === 'checkpoint') saved = event.name
      }
      return 'done'
    }
    endings.push(await train().catch((error: Error) => error.message))
    const latest = (await (await tinyRun(storage)).latest())?.name ?? ''
    expect(latest >= saved, `${capacity} bytes: ${saved} was saved, but ${latest} is there`).toBe(true)
    await collect(trainTiny(storage, steps))
    await expectSame(storage, whole, `${capacity} bytes`)
  }
  expect(new Set(endings)).toEqual(new Set(['Cannot write to "memory": the disk is full.', 'done']))
  expect(endings.length).toBeGreaterThan(10)
})

test('a run that is done does nothing again', async () => {
  const storage = memoryStorage()
  await collect(trainTiny(storage, 12))
  const before = await filesOf(storage)
  const events = await collect(trainTiny(storage, 12))
  expect(events.map(({ type }) => type)).toEqual(['start', 'validation', 'done'])
  expect(events.at(-1)).toMatchObject({ step: 12, loss: null, checkpoint: 'step-00000012' })
  expect(await filesOf(storage)).toEqual(before)
})

test('another seed or another model than the run was started with is refused, and nothing is lost', async () => {
  const storage = memoryStorage()
  await collect(trainTiny(storage, 4))
  const before = await filesOf(storage)
  await expect(collect(trainTiny(storage, 8, { seed: 8 }))).rejects.toThrow(
    'fit: seed is 8 but the run was started with 7; leave the seed out, or start a new run',
  )
  const { params } = (await collect(trainTiny(memoryStorage(), 1))).at(-1) as { params: object }
  const wider = { ...params, head: (params as { readonly head: Tensor }).head.transpose() }
  await expect(collect(trainTiny(storage, 8, { params: wider as never }))).rejects.toThrow(
    'memory/checkpoints/step-00000004/model.safetensors: head is F32 [6, 5] but F32 [5, 6] is expected; ' +
      'load it with the options that it was saved with',
  )
  expect(await filesOf(storage)).toEqual(before)
})
