import { memoryStorage, type Storage } from '@tapeloop/formats'
import { describe, expect, test } from 'vitest'
import { collect, tinyOptions, tinyTask, trainTiny } from '../fixtures/tiny.js'
import { fit } from './fit.js'

/** Every file of a storage. */
async function filesOf(storage: Storage, folder = ''): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const name of await storage.list(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`
    const inside = await storage.list(path).catch(() => null)
    if (inside === null) files[path] = Buffer.from(await storage.read(path)).toString('base64')
    else Object.assign(files, await filesOf(storage, path))
  }
  return files
}

describe('fit', () => {
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
    const done = events.at(-1)!
    expect(done).toMatchObject({ type: 'done', epoch: 1, checkpoint: 'step-00000013' })
  })

  test('learns, and evaluates without randomness', async () => {
    const events = await collect(fit(tinyTask, { ...tinyOptions, epochs: 30, seed: 3 }))
    const validations = events.filter((event) => event.type === 'validation')
    expect(validations.at(-1)!.loss).toBeLessThan(validations[0]!.loss)
    const done = events.at(-1)!
    expect(done).toMatchObject({ type: 'done', step: 270, validation: { weight: 24 } })
  })
})

test('a'.repeat(1), async () => {
  const whole = memoryStorage()
  await collect(trainTiny(whole, 20))
  const parts = memoryStorage()
  await collect(trainTiny(parts, 10))
  await collect(trainTiny(parts, 20))
  expect(await filesOf(parts)).toEqual(await filesOf(whole))
})
