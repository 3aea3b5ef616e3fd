import { TapeloopError } from '@tapeloop/core'
/**
 * Files by name, whatever holds them: a folder, memory, a browser. Paths are relative, with `/` between names; folders
 * are made when a file is put in them. What one `Storage` is asked to change, it does in the order asked.
 *
 * Every method rejects with one sentence naming the file where it cannot do its work.
 */
export interface Storage {
  /** What holds the files, as errors call it: the folder as the user wrote it, or `memory`. */
  readonly name: string
  /** The bytes of a file. Rejects when there is none. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>
  /**
   * Makes a new file, or a new folder of files by their names, whole or not at all: whenever the program is killed,
   * either nothing or everything is there. Rejects when the name is taken.
   */
  write(path: string, content: Uint8Array | Readonly<Record<string, Uint8Array>>): Promise<void>
  /** Makes a file or replaces it, whole or not at all: a reader sees the old bytes or the new ones. */
  replace(path: string, bytes: Uint8Array): Promise<void>
  /**
   * Adds bytes to the end of a file, or makes it: for logs. Not synced, so a power cut may lose the last of them, and a
   * kill may leave the last ones in part.
   */
  append(path: string, bytes: Uint8Array): Promise<void>
  /** The sorted names of the files and folders in a folder (`''` is the top one); none where there is no such folder. */
  list(folder: string): Promise<string[]>
  /** Removes a file or a folder with all in it; nothing where there is none. A folder goes at once, never in part. */
  remove(path: string): Promise<void>
}

/** Why a storage cannot do what it is asked, in the words that follow the file's name. */
export const storageProblems = {
  missing: 'there is no such file',
  taken: 'the name is already taken; choose another or remove what is there',
  isFolder: 'it is a folder, not a file',
  notFolder: 'a part of the path is a file, not a folder',
  full: 'the disk is full; free some space and try again, what was saved before is untouched',
  denied: 'permission is denied',
  readOnly: 'the file system is read-only',
  tooLong: 'the name is too long',
  empty: 'a folder needs at least one file',
} as const

/** The error about one file: `Cannot write "runs/a/last": the disk is full; ...`. */
export function storageError(
  action: 'read' | 'write' | 'list' | 'remove',
  storage: string,
  path: string,
  problem: string,
  cause?: unknown,
): Error {
  const place = path === '' ? storage : `${storage}/${path}`
  return new TapeloopError(`Cannot ${action} "${place}": ${problem}.`, { cause })
}

/** Long enough to be nobody else's: what ends so is removed by `fileStorage`. */
const temporaryEnd = '.tapeloop-tmp'

/** Under this name a file or folder is prepared before it gets its own; no storage shows or takes such names. */
export function temporaryName(name: string): string {
  return `.${name}${temporaryEnd}`
}

/** Whether a name is one that `temporaryName` gives. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.') && name.endsWith(temporaryEnd)
}

/**
 * Refuses a path that could lead out of the storage or means different things on different systems.
 *
 * @returns its parts.
 */
export function checkPath(path: string): string[] {
  const parts = path.split('/')
  const isWrong = (part: string): boolean =>
    part === '' || part === '.' || part === '..' || /[\\\0]/.test(part) || isTemporaryName(part)
  if (parts.some(isWrong)) {
    throw new TapeloopError(
      `A path in a storage must be names with "/" between them, without "..", but it is ${JSON.stringify(path)}.`,
    )
  }
  return parts
}

/** Refuses the files of a folder that is to be written when there is none, or one is not a plain name. */
export function checkFiles(storage: string, path: string, files: Readonly<Record<string, Uint8Array>>): void {
  const names = Object.keys(files)
  if (names.length === 0) throw storageError('write', storage, path, storageProblems.empty)
  for (const name of names) {
    if (checkPath(name).length > 1) {
      throw new TapeloopError(`A file of a folder must be a plain name, but it is ${JSON.stringify(name)}.`)
    }
  }
}
