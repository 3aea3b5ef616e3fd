import { memoryStorage, type Storage } from '@tapeloop/formats'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { filesOf } from '../fixtures/storages.js'
import { collect, trainTiny } from '../fixtures/tiny.js'
import { listCheckpoints, readCheckpoint, readLatestCheckpoint, writeCheckpoint } from './checkpoint.js'
import { crc32 } from './crc32.js'

const text = (value: string) => new TextEncoder().encode(value)

/** A run of 8 steps with the checkpoints 4 and 8. */
async function saved(): Promise<Storage> {
  const storage = memoryStorage()
  await collect(trainTiny(storage, 8))
  return storage
}

async function nameOfLatest(storage: Storage): Promise<string | undefined> {
  return (await readLatestCheckpoint(storage))?.name
}

test('the checksum is that of its standard', () => {
  expect(crc32(text('123456789'))).toBe('cbf43926')
  expect(crc32(text(''))).toBe('00000000')
})

describe('a run folder', () => {
  test('is laid out as documented', async () => {
    const storage = await saved()
    expect(Object.keys(await filesOf(storage)).toSorted()).toEqual([
      'checkpoints/step-00000004/model.safetensors',
      'checkpoints/step-00000004/optimizer.safetensors',
      'checkpoints/step-00000004/state.json',
      'checkpoints/step-00000008/model.safetensors',
      'checkpoints/step-00000008/optimizer.safetensors',
      'checkpoints/step-00000008/state.json',
      'last',
      'metrics.jsonl',
      'run.json',
    ])
    expect(new TextDecoder().decode(await storage.read('last'))).toBe('step-00000008\n')
    const { model, optimizer, state } = (await readLatestCheckpoint(storage))!
    expect(Object.keys(model)).toEqual(['embedding', 'cell.kernel', 'cell.bias', 'head'])
    expect(Object.keys(optimizer)).toEqual([
      'step',
      ...Object.keys(model).map((name) => `firstMoment.${name}`),
      ...Object.keys(model).map((name) => `secondMoment.${name}`),
    ])
    expect(state).toMatchObject({ step: 8, cursor: { epoch: 0, batch: 8 }, seed: 7, metricsLines: 9 })
    expect(Object.keys(state.carried)).toEqual(['h'])
    expect(state.history.validations.map(({ step }) => step)).toEqual([6])
  })

  test('keeps as many checkpoints as asked for, the newest', async () => {
    for (const keep of [1, 2, 3]) {
      const storage = memoryStorage()
      await collect(trainTiny(storage, 10, { checkpoint: { every: 2, keep } }))
      const all = [2, 4, 6, 8, 10].map((step) => `step-000000${String(step).padStart(2, '0')}`)
      expect(await listCheckpoints(storage)).toEqual(all.slice(-keep))
    }
  })
})

describe('reading', () => {
  let bytes: Record<string, Uint8Array<ArrayBuffer>>
  let original: Storage
  beforeAll(async () => {
    original = await saved()
    bytes = {}
    for (const path of Object.keys(await filesOf(original))) bytes[path] = await original.read(path)
  })

  async function copyWith(changes: Readonly<Record<string, Uint8Array | null>>): Promise<Storage> {
    const storage = memoryStorage()
    for (const [path, content] of Object.entries({ ...bytes, ...changes })) {
      if (content !== null) await storage.replace(path, content)
    }
    return storage
  }

  test('takes the checkpoint that last names, though there is a newer one', async () => {
    expect(await nameOfLatest(await copyWith({ last: text('step-00000004\n') }))).toBe('step-00000004')
  })

  test.each([
    ['missing', null],
    ['empty', text('')],
    ['zeros', new Uint8Array(14)],
    ['another name', text('step-00000006\n')],
    ['no name', text('../../run.json')],
  ])('takes the newest whole one where last is %s', async (_, last) => {
    expect(await nameOfLatest(await copyWith({ last }))).toBe('step-00000008')
    const broken = { last, 'checkpoints/step-00000008/model.safetensors': null }
    expect(await nameOfLatest(await copyWith(broken))).toBe('step-00000004')
  })

  test('passes over a checkpoint of which any file is missing, cut off, or changed in any byte', async () => {
    const files = ['model.safetensors', 'optimizer.safetensors', 'state.json']
    const fault = fc.record({
      file: fc.constantFrom(...files).map((name) => `checkpoints/step-00000008/${name}`),
      place: fc.nat(),
      how: fc.constantFrom('missing', 'cut', 'changed'),
      by: fc.integer({ min: 1, max: 255 }),
    })
    await fc.assert(
      fc.asyncProperty(fault, async ({ file, place, how, by }) => {
        const whole = bytes[file]!
        const at = place % whole.length
        const changed = whole.map((byte, i) => (i === at ? byte ^ by : byte))
        const content = { missing: null, cut: whole.slice(0, at), changed }[how]!
        // spaces between the parts of JSON carry nothing, and another version is another release's business
        fc.pre(!file.endsWith('.json') || content === null || !isSameState(content, whole))
        const storage = await copyWith({ [file]: content })
        expect(await nameOfLatest(storage)).toBe('step-00000004')
        await expect(readCheckpoint(storage, 'step-00000008')).rejects.toBeInstanceOf(Error)
      }),
      { numRuns: 200 },
    )
  })

  function isSameState(content: Uint8Array, whole: Uint8Array): boolean {
    const parse = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as { version: unknown }
    try {
      const state = parse(content)
      return JSON.stringify(state) === JSON.stringify(parse(whole)) || state.version !== 1
    } catch {
      return false
    }
  }

  test('says so where none is whole, and gives nothing where there never was one', async () => {
    const damaged = text('damaged')
    const storage = await copyWith({
      'checkpoints/step-00000004/state.json': damaged,
      'checkpoints/step-00000008/model.safetensors': damaged,
    })
    await expect(readLatestCheckpoint(storage)).rejects.toThrow(
      'memory: none of its 2 checkpoints can be read (memory/checkpoints/step-00000008/model.safetensors: its bytes ' +
        'are not those that state.json states; the file was damaged or changed); restore one from a copy, or start ' +
        'a new run in another folder',
    )
    expect(await readLatestCheckpoint(memoryStorage())).toBeNull()
  })

  test('refuses a checkpoint of another version rather than passing over it', async () => {
    const state = 'checkpoints/step-00000008/state.json'
    const record = JSON.parse(new TextDecoder().decode(bytes[state])) as object
    const storage = await copyWith({ [state]: text(JSON.stringify({ ...record, version: 2 })) })
    await expect(readLatestCheckpoint(storage)).rejects.toThrow(
      'memory/checkpoints/step-00000008/state.json: it has format version 2 but this release reads version 1; ' +
        'use the release that wrote it, or a newer one',
    )
  })

  test('refuses a name that is none', async () => {
    await expect(readCheckpoint(original, 'step-00000006')).rejects.toThrow('there is no such file')
  })

  test('a training goes on from the checkpoint before a damaged one, exactly', async () => {
    const storage = await copyWith({ 'checkpoints/step-00000008/optimizer.safetensors': text('damaged') })
    const [start] = await collect(trainTiny(storage, 12))
    expect(start).toMatchObject({ step: 4, checkpoint: 'step-00000004' })
    await collect(trainTiny(original, 12))
    expect(await filesOf(storage)).toEqual(await filesOf(original))
  })
})

test('what is written is what is read', async () => {
  const number = fc.oneof(fc.float(), fc.constantFrom(-0, NaN, Infinity))
  const tensors = fc
    .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.array(number, { maxLength: 5 }))
    .map((lists) =>
      Object.fromEntries(
        Object.entries(lists).map(([name, list]) => [
          name,
          { dtype: 'F32' as const, shape: [list.length], data: Float32Array.from(list) },
        ]),
      ),
    )
  const state = fc.record({
    step: fc.nat(),
    cursor: fc.record({ epoch: fc.nat(), batch: fc.nat() }),
    seed: fc.maxSafeInteger(),
    carried: tensors,
    history: fc.record({
      validations: fc.array(fc.record({ step: fc.nat(), loss: fc.constantFrom(null, 0.1, 1e-300) })),
      epoch: fc.record({
        sum: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
        batches: fc.nat(),
      }),
    }),
    metricsLines: fc.nat(),
  })
  await fc.assert(
    fc.asyncProperty(state, tensors, tensors, async (state, model, optimizer) => {
      const storage = memoryStorage()
      const name = await writeCheckpoint(storage, { state, model, optimizer }, 2)
      expect(await readCheckpoint(storage, name)).toEqual({ name, state, model, optimizer })
    }),
  )
})
