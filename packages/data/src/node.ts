import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { TapeloopError } from '@tapeloop/core'
import type { Cleaned } from './text/cleaning.js'
import { decodeText, type DecodeOptions } from './text/text.js'

/** A text, where it came from, and what decoding it changed. */
export interface TextFile extends Cleaned {
  readonly path: string
}

/** Node reads no larger file at once. */
const largestFile = 2 ** 31 - 1

/**
 * Reads a UTF-8 text file; `decodeText` says what becomes of what is not plain text.
 *
 * @throws one sentence when the file is missing, a folder, empty, not readable, too large, or not UTF-8 but UTF-16.
 */
export async function readText(
  path: string,
  options: Pick<DecodeOptions, 'lineEnds'> = {},
): Promise<TextFile> {
  const decoded = decodeText(await readBytes(path), { ...options, name: `"${path}"` })
  if (decoded.text === '') throw new TapeloopError(`"${path}" is empty; give a file with text in it.`)
  return { path, ...decoded }
}

/**
 * Reads several text files, in the order given.
 *
 * @throws as `readText` does, for the first file that cannot be used.
 */
export async function readTexts(
  paths: readonly string[],
  options: Pick<DecodeOptions, 'lineEnds'> = {},
): Promise<TextFile[]> {
  const files: TextFile[] = []
  // one after the other, so that the first bad file in the user's order is the one named
  for (const path of paths) files.push(await readText(path, options))
  return files
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size > largestFile) {
      throw new TapeloopError(`"${path}" has ${size} bytes, too many to be read at once; split it.`)
    }
    return await readFile(path)
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
