import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TapeloopError } from '@tapeloop/core'
import { labelledLines, type LabelledTexts } from './datasets/labelled.js'
import { readingFiles } from './sources/file-errors.js'
import type { Cleaned } from './text/cleaning.js'
import { decodeText, type DecodeOptions } from './text/text.js'
import { toHuggingFace } from './tokenizers/hugging-face/write.js'
import { parseTokenizer } from './tokenizers/load.js'
import type { Tokenizer } from './tokenizers/tokenizer.js'

export { fileSource } from './sources/file.js'

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

function readBytes(path: string): Promise<Uint8Array> {
  return readingFiles(path, async () => {
    const { size } = await stat(path)
    if (size > largestFile) {
      throw new TapeloopError(`"${path}" has ${size} bytes, too many to be read at once; split it.`)
    }
    return await readFile(path)
  })
}

/**
 * Reads a folder of labelled texts: each `.txt` file is a class, named by the file, and each of its lines an example.
 *
 * @throws as `readText` and `labelledLines` do.
 */
export async function readLabelledFolder(folder: string): Promise<LabelledTexts> {
  const names = await readingFiles(folder, () => readdir(folder))
  const paths = names.filter((name) => name.endsWith('.txt')).toSorted()
  const texts = await readTexts(paths.map((name) => join(folder, name)))
  return labelledLines(texts.map(({ text }, i) => ({ name: paths[i]!, text })))
}

/** No tokenizer's file is larger. */
const largestTokenizer = 2 ** 28

/**
 * Loads a tokenizer from a file: ours, or a `tokenizer.json` of Hugging Face.
 *
 * @throws one sentence when the file cannot be read, is larger than any, or is no tokenizer.
 */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  const bytes = await readingFiles(path, async () => {
    const { size } = await stat(path)
    if (size > largestTokenizer) {
      throw new TapeloopError(
        `"${path}" has ${size} bytes, but no tokenizer has more than ${largestTokenizer}; name another file.`,
      )
    }
    return await readFile(path)
  })
  return parseTokenizer(new TextDecoder().decode(bytes))
}

/**
 * Saves a tokenizer to a file, which has all of it or is not changed.
 *
 * @param format `hugging-face` writes what `toHuggingFace` gives; ours unless said
 * @throws where the kind of tokenizer cannot be written in that format, or the file cannot be written
 */
export async function saveTokenizer(
  path: string,
  tokenizer: Tokenizer,
  { format = 'tapeloop' }: { readonly format?: 'tapeloop' | 'hugging-face' } = {},
): Promise<void> {
  const record = format === 'hugging-face' ? toHuggingFace(tokenizer) : tokenizer.toJSON()
  const unfinished = `${path}.unfinished`
  try {
    await writeFile(unfinished, `${JSON.stringify(record, null, 2)}\n`)
    await rename(unfinished, path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new TapeloopError(`Cannot write "${path}": ${reason}; name a file in a folder that is there.`, {
      cause: error,
    })
  }
}
