import { characters } from '@tapeloop/data'
import { memoryStorage, type Storage } from '@tapeloop/formats'
import { describe, expect, test } from 'vitest'
import { dyingStorage } from '../fixtures/storages.js'
import { createRun, openRun } from './run.js'

const record = {
  config: { cell: 'lstm', hidden: 8, nested: { list: [1, 'two', null] } },
  command: 'tapeloop train book.txt --out runs/a',
  seed: 3,
  versions: { tapeloop: '0.1.0', node: '20.19.0' },
}
const text = (value: string) => new TextEncoder().encode(value)

test('a run comes back as it was made, with its tokenizer', async () => {
  const storage = memoryStorage()
  const tokenizer = characters.train('hello')
  const made = await createRun(storage, record, { tokenizer })
  const opened = await openRun(storage)
  expect(opened.record).toEqual(record)
  expect(made.record).toEqual(record)
  expect((await opened.tokenizer())!.encode('ell')).toEqual(tokenizer.encode('ell'))
  expect(await opened.checkpoints()).toEqual([])
  expect(await opened.latest()).toBeNull()
  expect(await opened.metrics()).toEqual([])
})

test('a run needs no tokenizer', async () => {
  const run = await createRun(memoryStorage(), record)
  expect(await run.tokenizer()).toBeNull()
})

test('lines are logged in order, and one that was cut off is left out', async () => {
  const storage = memoryStorage()
  const run = await createRun(storage, record)
  await run.log([{ type: 'step', step: 1, loss: 2 }])
  await run.log([
    { type: 'step', step: 2, loss: 1 },
    { type: 'epoch', step: 2 },
  ])
  await storage.append('metrics.jsonl', text('{"type":"st'))
  expect((await run.metrics()).map(({ type, step }) => [type, step])).toEqual([
    ['step', 1],
    ['step', 2],
    ['epoch', 2],
  ])
  expect(await run.rewind(null)).toBe(0)
  expect(await run.metrics()).toEqual([])
})

describe('making a run', () => {
  test.each(['run.json', 'last', 'metrics.jsonl', 'checkpoints/step-00000004/state.json'])(
    'is refused where %s shows that there is one',
    async (path) => {
      const storage = memoryStorage()
      await storage.replace(path, text('precious'))
      await expect(createRun(storage, record)).rejects.toThrow(
        'memory: the folder already holds a run; continue that one, or choose another folder',
      )
      expect(await storage.read(path)).toEqual(text('precious'))
    },
  )

  test('can be done again when it was killed', async () => {
    const tokenizer = characters.train('hello')
    for (const deathAt of [1, 2]) {
      const storage = memoryStorage()
      await expect(
        createRun(dyingStorage(storage, deathAt, 'before'), record, { tokenizer }),
      ).rejects.toThrow('killed')
      await createRun(storage, record, { tokenizer })
      expect((await openRun(storage)).record).toEqual(record)
    }
  })
})

describe('opening a run', () => {
  async function withRecord(content: string): Promise<Storage> {
    const storage = memoryStorage()
    await storage.write('run.json', text(content))
    return storage
  }

  test('is refused where there is none', async () => {
    await expect(openRun(memoryStorage())).rejects.toThrow(
      'memory: there is no run here, for run.json is missing; name a folder that was trained in',
    )
  })

  test.each([
    ['{"format":', 'memory/run.json: the file is not valid JSON; restore it from a copy'],
    ['[]', 'memory/run.json: format is []; it must be "tapeloop-run"'],
    ['{"format":"other"}', 'memory/run.json: format is "other"; it must be "tapeloop-run"'],
    [
      '{"format":"tapeloop-run","version":2}',
      'memory/run.json: it has format version 2 but this release reads version 1; use the release that wrote it, or a newer one',
    ],
    [
      '{"format":"tapeloop-run","version":1,"seed":"x"}',
      'memory/run.json: it lacks config, command, seed or versions',
    ],
  ])('is refused where the record is %s', async (content, message) => {
    await expect(openRun(await withRecord(content))).rejects.toThrow(message)
  })

  test('says what is wrong with a tokenizer when that is asked for', async () => {
    const storage = memoryStorage()
    const run = await createRun(storage, record)
    await storage.replace('tokenizer.json', text('{}'))
    await expect(run.tokenizer()).rejects.toThrow('tokenizer.json: format must be')
  })
})
