import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isCharLm, runCharLm } from './char-lm.js'
import { settings } from './compare.js'
import { findVectors } from './folder.js'
import { isVectorFile } from './format.js'
import { runVectors, type CaseResult } from './run.js'

export interface FolderOptions {
  /** folder of the texts that char-LM files name */
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
    else if (isCharLm(content)) {
      yield* runCharLm(name, content, readCorpus(corpora, content.corpus), {
        steps,
        ...(float32 && { dtype: 'float32' }),
      })
    }
  }
  for (const name of onnx) yield { name, passed: false, reason: 'ONNX is not supported yet' }
}

/** The text of a char-LM file; null where it was not found. */
function readCorpus(folder: string | undefined, name: string): string | null {
  const path = folder === undefined ? null : join(folder, name)
  return path !== null && existsSync(path) ? readFileSync(path, 'utf8') : null
}
