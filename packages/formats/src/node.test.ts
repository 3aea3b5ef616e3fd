import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import type * as FileSystem from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { fileStorage } from './node.js'
import type { Storage } from './storage.js'

/**
 * The calls to the file system, and what becomes of the one numbered `failAt`: `kill` does half of a write, nothing of
 * anything else, and nothing ever after; another value is the code of the system's error.
 */
const disk = vi.hoisted(() => ({ calls: [] as string[], failAt: Infinity, failure: 'kill' }))

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof FileSystem>()
  type Call = (...args: unknown[]) => Promise<unknown>

  const watched =
    (name: string, call: Call, half?: Call): Call =>
    async (...args) => {
      disk.calls.push(name)
      const isNow = disk.calls.length === disk.failAt
      if (isNow && half !== undefined) await half(...args)
      if (isNow || (disk.failure === 'kill' && disk.calls.length > disk.failAt)) {
        throw Object.assign(new Error(`${disk.failure}: told to fail`), { code: disk.failure })
      }
      return call(...args)
    }

  async function open(...args: Parameters<typeof real.open>) {
    const handle = await real.open(...args)
    const kind = (await handle.stat()).isDirectory() ? 'folder' : 'file'
    const write = (content: unknown) => handle.appendFile(content as Uint8Array)
    const half = (content: unknown) => write((content as Uint8Array).subarray(0, 1))
    return {
      writeFile: watched('write', write, half),
      appendFile: watched('write', write, half),
      sync: watched(`sync ${kind}`, () => handle.sync()),
      stat: () => handle.stat(),
      truncate: watched('truncate', (size) => handle.truncate(size as number)),
      close: () => handle.close(),
    }
  }

  return {
    ...real,
    open: watched('open', open as Call),
    rename: watched('rename', real.rename as Call),
    mkdir: watched('mkdir', real.mkdir as Call),
    rm: watched('rm', real.rm as Call),
  }
})

const bytes = (text: string) => new TextEncoder().encode(text)
let folder: string
let made = 0
const newRoot = () => join(folder, String(made++))
const heal = () => Object.assign(disk, { calls: [], failAt: Infinity, failure: 'kill' })
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapeloop-node-'))
})
afterEach(heal)
afterAll(() => rm(folder, { recursive: true }))

/** Everything a storage shows, with `/` between the names. */
async function show(storage: Storage, path = ''): Promise<Record<string, string>> {
  const result: Record<string, string> = {}
  for (const name of await storage.list(path)) {
    const at = path === '' ? name : `${path}/${name}`
    const isFile = await storage.list(at).then(
      () => false,
      () => true,
    )
    if (isFile) result[at] = new TextDecoder().decode(await storage.read(at))
    else Object.assign(result, await show(storage, at))
  }
  return result
}

const before = { last: 'old', log: 'one\n', 'old/a': 'a', 'old/b': 'b' }
async function prepare(root: string): Promise<Storage> {
  const storage = fileStorage(root)
  await storage.write('last', bytes('old'))
  await storage.write('log', bytes('one\n'))
  await storage.write('old', { a: bytes('a'), b: bytes('b') })
  return storage
}

const changes: [string, (storage: Storage) => Promise<void>, Record<string, string>][] = [
  [
    'a new file',
    (storage) => storage.write('deep/er/new', bytes('new')),
    { ...before, 'deep/er/new': 'new' },
  ],
  [
    'a new folder',
    (storage) => storage.write('deep/new', { x: bytes('xx'), y: bytes('yy') }),
    { ...before, 'deep/new/x': 'xx', 'deep/new/y': 'yy' },
  ],
  ['a replaced file', (storage) => storage.replace('last', bytes('newer')), { ...before, last: 'newer' }],
  ['a removed folder', (storage) => storage.remove('old'), { last: 'old', log: 'one\n' }],
  ['a removed file', (storage) => storage.remove('last'), { log: 'one\n', 'old/a': 'a', 'old/b': 'b' }],
]

/** The calls that a change makes when nothing fails. */
async function callsOf(change: (storage: Storage) => Promise<void>): Promise<string[]> {
  const storage = await prepare(newRoot())
  heal()
  await change(storage)
  return [...disk.calls]
}

test.each(changes)('%s: a kill at any call leaves what was or what was to be', async (_, change, after) => {
  const calls = await callsOf(change)
  expect(calls).toContain('rename')
  for (const at of calls.keys()) {
    const root = newRoot()
    const storage = await prepare(root)
    Object.assign(disk, { calls: [], failAt: at + 1, failure: 'kill' })
    await expect(change(storage)).rejects.toThrow('kill: told to fail')
    heal()
    expect([before, after]).toContainEqual(await show(fileStorage(root)))

    // the next program does it again, and nothing is left over
    await change(fileStorage(root)).catch(() => undefined)
    await fileStorage(root).replace('last', bytes('x'))
    expect(await show(fileStorage(root))).toEqual({ ...after, last: 'x' })
    const names = await readdir(root, { recursive: true })
    expect(names.filter((name) => name.includes('tapeloop-tmp'))).toEqual([])
  }
})

test.each(changes.slice(0, 3))(
  '%s: a disk that is full at any call is said, and nothing changes',
  async (_, change) => {
    const calls = await callsOf(change)
    for (const at of calls.slice(0, calls.indexOf('rename')).keys()) {
      const storage = await prepare(newRoot())
      Object.assign(disk, { calls: [], failAt: at + 1, failure: 'ENOSPC' })
      await expect(change(storage)).rejects.toThrow(
        'the disk is full; free some space and try again, what was saved before is untouched.',
      )
      heal()
      expect(await show(storage)).toEqual(before)
      const names = await readdir(storage.name, { recursive: true })
      expect(names.filter((name) => name.includes('tapeloop-tmp'))).toEqual([])
    }
  },
)

test('files are synced before they get their name, and folders after', async () => {
  const storage = fileStorage(newRoot())
  await storage.write('first', bytes('1'))
  heal()
  const important = () => disk.calls.filter((call) => /sync|rename|write/.test(call))
  await storage.replace('first', bytes('2'))
  expect(important()).toEqual(['write', 'sync file', 'rename', 'sync folder'])
  heal()
  await storage.write('folder', { a: bytes('a'), b: bytes('b') })
  expect(important()).toEqual([
    'write',
    'sync file',
    'write',
    'sync file',
    'sync folder',
    'rename',
    'sync folder',
  ])
  heal()
  await storage.write('x/y/file', bytes('1'))
  expect(important()).toEqual(['sync folder', 'sync folder', 'write', 'sync file', 'rename', 'sync folder'])
})

test('a log on a full disk keeps what it had', async () => {
  const storage = await prepare(newRoot())
  Object.assign(disk, { calls: [], failAt: 2, failure: 'ENOSPC' })
  const full = `Cannot write "${storage.name}/log": the disk is full; free some space and try again, what was saved before is untouched.`
  await expect(storage.append('log', bytes('two\n'))).rejects.toThrow(full)
  expect(disk.calls).toEqual(['open', 'write', 'truncate'])
  heal()
  expect(await show(storage)).toEqual(before)
})

test.runIf(process.platform === 'linux')('where no folders can be made, nothing waits for ever', async () => {
  const storage = fileStorage('/proc/tapeloop/runs')
  await expect(storage.replace('x', bytes('1'))).rejects.toThrow(
    'Cannot write "/proc/tapeloop/runs/x": permission is denied.',
  )
})

test('a file system that syncs no folders is good enough', async () => {
  const storage = await prepare(newRoot())
  heal()
  await storage.replace('last', bytes('1'))
  const failAt = disk.calls.lastIndexOf('sync folder') + 1
  Object.assign(disk, { calls: [], failAt, failure: 'EINVAL' })
  await storage.replace('last', bytes('2'))
  expect(disk.calls[failAt - 1]).toBe('sync folder')
  heal()
  expect(await show(storage)).toEqual({ ...before, last: '2' })
})

test('a failure that no user meets is told as the system tells it', async () => {
  const storage = await prepare(newRoot())
  Object.assign(disk, { calls: [], failAt: 1, failure: 'EIO' })
  await expect(storage.replace('last', bytes('x'))).rejects.toThrow(
    `Cannot write "${storage.name}/last": EIO: told to fail.`,
  )
})

test.runIf(process.platform === 'linux')(
  'the sentence about a full disk is that of the real error',
  async () => {
    const root = newRoot()
    const storage = await prepare(root)
    await symlink('/dev/full', join(root, 'full'))
    await expect(storage.append('full', bytes('x'))).rejects.toThrow(
      `Cannot write "${root}/full": the disk is full;`,
    )
  },
)
