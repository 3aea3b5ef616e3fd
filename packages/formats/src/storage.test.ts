import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryStorage } from './memory-storage.js'
import { fileStorage } from './node.js'
import type { Storage } from './storage.js'

const bytes = (text: string) => new TextEncoder().encode(text)

let folder: string
let made = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapeloop-storage-'))
})
afterAll(() => rm(folder, { recursive: true }))

const kinds: [string, () => Storage][] = [
  ['memory', memoryStorage],
  ['files', () => fileStorage(join(folder, 'new', String(made++)))],
]

describe.each(kinds)('a storage in %s', (_, open) => {
  const text = async (storage: Storage, path: string) => new TextDecoder().decode(await storage.read(path))

  test('writes, replaces, appends, lists and removes', async () => {
    const storage = open()
    expect(await storage.list('')).toEqual([])
    await storage.write('run.json', bytes('{}'))
    await storage.write('checkpoints/step-1', { 'model.bin': bytes('m'), 'state.json': bytes('s') })
    await storage.replace('last', bytes('step-1'))
    await storage.replace('last', bytes('step-2'))
    await storage.append('metrics.jsonl', bytes('1\n'))
    await storage.append('metrics.jsonl', bytes('2\n'))
    expect(await storage.list('')).toEqual(['checkpoints', 'last', 'metrics.jsonl', 'run.json'])
    expect(await storage.list('checkpoints')).toEqual(['step-1'])
    expect(await storage.list('checkpoints/step-1')).toEqual(['model.bin', 'state.json'])
    expect(await text(storage, 'checkpoints/step-1/state.json')).toBe('s')
    expect(await text(storage, 'last')).toBe('step-2')
    expect(await text(storage, 'metrics.jsonl')).toBe('1\n2\n')
    await storage.remove('checkpoints/step-1')
    await storage.remove('last')
    await storage.remove('never there')
    await storage.remove('run.json/never there')
    expect(await storage.list('checkpoints')).toEqual([])
    expect(await storage.list('')).not.toContain('last')
  })

  test('what is asked at once is done in the order asked', async () => {
    const storage = open()
    const parts = Array.from({ length: 20 }, (_, i) => `${i} `)
    await Promise.all(parts.map((part) => storage.append('log', bytes(part))))
    expect(await text(storage, 'log')).toBe(parts.join(''))
  })

  test('a failure does not stop what comes after it', async () => {
    const storage = open()
    await storage.write('a', bytes('1'))
    const failing = storage.write('a', bytes('2'))
    const following = storage.write('b', bytes('3'))
    await expect(failing).rejects.toThrow('the name is already taken')
    await following
    expect(await text(storage, 'a')).toBe('1')
    expect(await text(storage, 'b')).toBe('3')
  })

  test('bytes are copied in and out', async () => {
    const storage = open()
    const given = Uint8Array.of(1, 2)
    await storage.write('a', given)
    given.fill(9)
    const read = await storage.read('a')
    read.fill(8)
    expect(await storage.read('a')).toEqual(Uint8Array.of(1, 2))
  })

  test('any bytes come back under any plain name', async () => {
    const storage = open()
    const name = fc
      .string({ unit: fc.constantFrom('a', 'B', 'é', '字', '.', '-', ' ', '0'), minLength: 1, maxLength: 20 })
      .filter((part) => !/^\.+$/.test(part))
    const path = fc.array(name, { minLength: 1, maxLength: 2 }).map((parts) => ['x', ...parts].join('/'))
    await fc.assert(
      fc.asyncProperty(path, fc.uint8Array(), async (at, content) => {
        await storage.remove('x')
        await storage.replace(at, content)
        expect(await storage.read(at)).toEqual(new Uint8Array(content))
        expect(await storage.list(at.slice(0, at.lastIndexOf('/')))).toEqual([
          at.slice(at.lastIndexOf('/') + 1),
        ])
      }),
      { numRuns: 30 },
    )
  })

  test('mistakes end in one sentence that names the file', async () => {
    const storage = open()
    const place = (path: string) => `"${storage.name}/${path}"`
    await storage.write('file', bytes('f'))
    await storage.write('folder/file', bytes('f'))
    await expect(storage.read('none')).rejects.toThrow(`Cannot read ${place('none')}: there is no such file.`)
    await expect(storage.read('folder')).rejects.toThrow(
      `Cannot read ${place('folder')}: it is a folder, not a file.`,
    )
    const taken = 'the name is already taken; choose another or remove what is there.'
    await expect(storage.write('file', bytes(''))).rejects.toThrow(`Cannot write ${place('file')}: ${taken}`)
    await expect(storage.write('folder', { a: bytes('') })).rejects.toThrow(taken)
    const isFolder = `Cannot write ${place('folder')}: it is a folder, not a file.`
    await expect(storage.replace('folder', bytes(''))).rejects.toThrow(isFolder)
    await expect(storage.append('folder', bytes(''))).rejects.toThrow(isFolder)
    const notFolder = `Cannot write ${place('file/x')}: a part of the path is a file, not a folder.`
    await expect(storage.write('file/x', bytes(''))).rejects.toThrow(notFolder)
    await expect(storage.replace('file/x', bytes(''))).rejects.toThrow(notFolder)
    await expect(storage.append('file/x', bytes(''))).rejects.toThrow(notFolder)
    await expect(storage.list('file')).rejects.toThrow(
      `Cannot list ${place('file')}: a part of the path is a file, not a folder.`,
    )
    await expect(storage.write('empty', {})).rejects.toThrow(
      `Cannot write ${place('empty')}: a folder needs at least one file.`,
    )
    await expect(storage.write('deep', { 'a/b': bytes('') })).rejects.toThrow(
      'A file of a folder must be a plain name, but it is "a/b".',
    )
    expect(await storage.list('')).toEqual(['file', 'folder'])
  })

  test.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', '.', 'a\\b', 'a\0', '.last.tapeloop-tmp'])(
    'the path %j is refused by everything',
    async (path) => {
      const storage = open()
      const message = `A path in a storage must be names with "/" between them, without "..", but it is ${JSON.stringify(path)}.`
      await expect(storage.read(path)).rejects.toThrow(message)
      await expect(storage.write(path, bytes(''))).rejects.toThrow(message)
      await expect(storage.replace(path, bytes(''))).rejects.toThrow(message)
      await expect(storage.append(path, bytes(''))).rejects.toThrow(message)
      await expect(storage.remove(path)).rejects.toThrow(message)
      expect(await storage.list('')).toEqual([])
    },
  )
})
