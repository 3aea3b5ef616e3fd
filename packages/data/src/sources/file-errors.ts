import { resolve } from 'node:path'
import { TapeloopError } from '@tapeloop/core'

/** Does something with a file, and says in one sentence why the system refuses it. */
export async function readingFiles<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? reasons[String(error.code)] : undefined
    if (reason === undefined) throw error
    throw new TapeloopError(`Cannot read "${path}": ${reason(resolve(path))}`, { cause: error })
  }
}

/** The reasons that users meet, by the system's code. */
const reasons: Readonly<Record<string, (absolute: string) => string>> = {
  ENOENT: (absolute) => `there is no such file (${absolute}).`,
  ENOTDIR: (absolute) => `a part of the path is a file, not a folder (${absolute}).`,
  EISDIR: () => 'it is a folder; name a text file in it.',
  EACCES: () => 'you have no permission to read it.',
  EPERM: () => 'you have no permission to read it.',
}
