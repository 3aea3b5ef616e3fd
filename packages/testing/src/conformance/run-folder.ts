import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isCharLm, runCharLm } from './char-lm.js'
import { settings } from './compare.js'
import { findVectors } from './folder.js'
import { isVectorFile } from './format.js'
import { runVectors, type CaseResult } from './run.js'
import { isTokenization, runTokenization } from './tokenization.js'

export interface FolderOptions {
  /** folder of the texts that files name; unless said, `data/text` in a folder that the vectors are in */
  readonly corpora?: string | undefined
  /** how many steps of char-LM files at most */
  readonly steps?: number
  /** run in float32 instead of the precision of the files */
  readonly float32?: boolean
}

/**
 * Runs all vectors of a folder, or of one file, in the order of their names. Files of JSON that hold no cases are left
 * out.
 *
 * @throws where the path does not exist
 */
export async function* runFolder(
  path: string,
  { corpora, steps = Infinity, float32 = false }: FolderOptions = {},
): AsyncGenerator<CaseResult> {
  const { json, onnx, broken } = findVectors(path)
  for (const name of broken) yield { name, passed: false, reason: 'the file is not JSON' }
  for (const { name, content } of json) {
    if (isVectorFile(content)) yield* runVectors(content, settings[float32 ? 'float32' : 'float64'])
    else if (isTokenization(content)) {
      yield* runTokenization(name, content, (corpus) => readCorpus(path, corpora, corpus))
    } else if (isCharLm(content)) {
      yield* runCharLm(name, content, readCorpus(path, corpora, content.corpus), {
        steps,
        ...(float32 && { dtype: 'float32' }),
      })
    }
  }
  for (const name of onnx) yield { name, passed: false, reason: 'ONNX is not supported yet' }
}

/** A text by its name; null where it was not found. */
function readCorpus(vectors: string, folder: string | undefined, name: string): string | null {
  const folders = folder === undefined ? foldersAbove(vectors) : [folder]
  const path = folders.map((one) => join(one, name)).find((one) => existsSync(one))
  return path === undefined ? null : readFileSync(path, 'utf8')
}

/** `data/text` beside every folder that a path is in, the nearest first. */
function foldersAbove(path: string): string[] {
  const above = dirname(resolve(path))
  const here = join(above, 'data/text')
  return above === dirname(above) ? [here] : [here, ...foldersAbove(above)]
}
