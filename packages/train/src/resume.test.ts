import type { Tensor } from '@tapeloop/core'
import { memoryStorage, type Storage } from '@tapeloop/formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dyingStorage, filesOf, smallStorage, type Death } from '../fixtures/storages.js'
import { collect, tinyRun, trainTiny } from '../fixtures/tiny.js'
import type { FitEvent } from './events.js'

/** The files and the last parameters of a training that never stopped. */
async function unstopped(steps: number) {
  const storage = memoryStorage()
  await collect(trainTiny(storage, steps))
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
