import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import {
  checkFiles,
  checkPath,
  isTemporaryName,
  storageError,
  storageProblems,
  temporaryName,
} from './storage.js'
import type { Storage } from './storage.js'

/**
 * A storage in a folder of the file system, which is made when the first file is written. New content is written under
 * a temporary name, synced, and renamed; then the folder is synced. So a kill or a power cut at any moment leaves each
 * file and each folder as it was or as it was to be. What a kill leaves under a temporary name is not shown by `list`,
 * and goes with the next change in the same folder.
 *
 * One program at a time may change a folder.
 *
 * @param root the folder, as the user wrote it: errors call it that.
 */
export function fileStorage(root: string): Storage {
  const base = resolve(root)
  const inTurn = queue()

  /** Runs one action on a file, with the system's errors in the words of a storage. */
  async function attempt<T>(action: Action, path: string, run: (full: string) => Promise<T>): Promise<T> {
    if (path !== '' || action !== 'list') checkPath(path)
    try {
      return await run(join(base, path))
    } catch (error) {
      const code = errorCode(error)
      if (!(error instanceof Error) || code === '') throw error
      throw storageError(action, root, path, problems[code] ?? error.message, error)
    }
  }

  return {
    name: root,
    read: (path) => attempt('read', path, async (full) => new Uint8Array(await readFile(full))),
    write: (path, content) =>
      inTurn(() =>
        attempt('write', path, async (full) => {
          if (await exists(full)) throw storageError('write', root, path, storageProblems.taken)
          if (content instanceof Uint8Array) return putFile(full, content)
          checkFiles(root, path, content)
          await prepared(full, async (temporary) => {
            await mkdir(temporary)
            // one after the other: the first failure is the one to report
            for (const [name, bytes] of Object.entries(content)) {
              await writeSynced(join(temporary, name), bytes)
            }
            await syncFolder(temporary)
          })
        }),
      ),
    replace: (path, bytes) => inTurn(() => attempt('write', path, (full) => putFile(full, bytes))),
    append: (path, bytes) =>
      inTurn(() =>
        attempt('write', path, async (full) => {
          await makeFolder(dirname(full))
          await appendWhole(full, bytes)
        }),
      ),
    list: (folder) =>
      attempt('list', folder, async (full) => {
        const names = await readdir(full).catch((error: unknown) => {
          if (errorCode(error) === 'ENOENT') return []
          throw error
        })
        return names.filter((name) => !isTemporaryName(name)).toSorted()
      }),
    remove: (path) =>
      inTurn(() =>
        attempt('remove', path, async (full) => {
          if (!(await exists(full))) return
          // a folder that is being deleted is out of sight, never there in part
          await sweep(dirname(full))
          await rename(full, temporaryOf(full))
          await syncFolder(dirname(full))
          await sweep(dirname(full))
        }),
      ),
  }
}

type Action = Parameters<typeof storageError>[0]

/** The system's codes of the problems that users meet. */
const problems: Readonly<Record<string, string>> = {
  ENOENT: storageProblems.missing,
  EEXIST: storageProblems.notFolder,
  ENOTDIR: storageProblems.notFolder,
  EISDIR: storageProblems.isFolder,
  ENOSPC: storageProblems.full,
  EDQUOT: storageProblems.full,
  EACCES: storageProblems.denied,
  EPERM: storageProblems.denied,
  EROFS: storageProblems.readOnly,
  ENAMETOOLONG: storageProblems.tooLong,
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Runs what it is given one after the other, in the order given, also after a failure. */
function queue(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const result = last.then(run)
    last = result.catch(() => undefined)
    return result
  }
}

function temporaryOf(full: string): string {
  return join(dirname(full), temporaryName(basename(full)))
}

/** Makes a file or replaces it. */
function putFile(full: string, bytes: Uint8Array): Promise<void> {
  return prepared(full, (temporary) => writeSynced(temporary, bytes))
}

/** Lets `make` prepare a file or folder under a temporary name, and gives it its own name once it is whole. */
async function prepared(full: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const folder = dirname(full)
  const temporary = temporaryOf(full)
  await makeFolder(folder)
  await sweep(folder)
  try {
    await make(temporary)
    await rename(temporary, full)
  } catch (error) {
    // the first error is the one to report, and what cannot be removed now goes next time
    await sweep(folder).catch(() => undefined)
    throw error
  }
  await syncFolder(folder)
}

/** Removes what was left under temporary names. */
async function sweep(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter(isTemporaryName)
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })))
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Appends all of the bytes, or none where the system refuses some. */
async function appendWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'a')
  try {
    const { size } = await file.stat()
    try {
      await file.appendFile(bytes)
    } catch (error) {
      await file.truncate(size).catch(() => undefined)
      throw error
    }
  } finally {
    await file.close()
  }
}

/** Makes a folder with those above it, one after the other, and syncs each folder that got a new entry. */
async function makeFolder(folder: string): Promise<void> {
  if (await exists(folder)) return
  const above = dirname(folder)
  await makeFolder(above)
  await mkdir(folder).catch((error: unknown) => {
    // the folder above is there: what says it is missing, as /proc does, lets nobody make any
    if (errorCode(error) === 'ENOENT')
      throw Object.assign(new Error(`${above} takes no folders`), { code: 'EACCES' })
    // somebody else made it meanwhile
    if (errorCode(error) !== 'EEXIST') throw error
  })
  await syncFolder(above)
}

/** Makes the names in a folder outlive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder; its file systems keep names in order by themselves
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // some network file systems sync files only
    if (!['EINVAL', 'ENOTSUP'].includes(errorCode(error))) throw error
  } finally {
    await handle.close()
  }
}

async function exists(full: string): Promise<boolean> {
  try {
    await lstat(full)
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return false
    throw error
  }
}
