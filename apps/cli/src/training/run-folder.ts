import { readdir, stat } from 'node:fs/promises'
import { TapeloopError } from '@tapeloop/core'
import type { Tokenizer } from '@tapeloop/data'
import { fileStorage } from '@tapeloop/formats/node'
import type { LanguageModel, LanguageModelParams } from '@tapeloop/models'
import { createRun, openRun, randomKey, restoreTree, type Run } from '@tapeloop/tapeloop'
import { refuseUsage } from '../errors.js'
import { version } from '../version.js'
import type { Corpus } from './corpus.js'
import { modelOf, parseConfig, type RunConfig } from './config.js'

/** The text that a run learns, in its folder, so that the run can be resumed wherever the file is. */
const textFile = 'text.txt'

/** A run with what it was started with. */
export interface OpenedRun {
  readonly run: Run
  readonly config: RunConfig
  readonly tokenizer: Tokenizer
}

/** Refuses a folder that has something in it, saying what can be done. */
export async function checkVacant(out: string): Promise<void> {
  const names = await namesIn(out)
  if (names.includes('run.json')) {
    refuseUsage(`"${out}" holds a run already; go on with it by --resume, or choose another --out.`)
  }
  // a start that failed may have left these, and they are written anew
  const left = new Set([textFile, 'tokenizer.json'])
  if (names.some((name) => !left.has(name))) refuseUsage(`"${out}" is not empty; choose another --out.`)
}

async function namesIn(folder: string): Promise<string[]> {
  const found = await stat(folder).catch(() => null)
  if (found === null) return []
  if (!found.isDirectory()) return refuseUsage(`"${folder}" is a file; choose another --out.`)
  return readdir(folder)
}

/** Begins a run: its folder with the text, the tokenizer and all settings. */
export async function beginRun(
  out: string,
  corpus: Corpus,
  config: RunConfig,
  tokenizer: Tokenizer,
  command: string,
): Promise<OpenedRun> {
  const storage = fileStorage(out)
  // run.json comes last: a folder that has one is a whole run
  await storage.replace(textFile, new TextEncoder().encode(corpus.text))
  const record = {
    config: { ...config },
    command,
    seed: config.seed,
    versions: { tapeloop: version, node: process.versions.node },
  }
  return { run: await createRun(storage, record, { tokenizer }), config, tokenizer }
}

/**
 * Opens the run in a folder.
 *
 * @throws one sentence where there is none, or a file of it is damaged
 */
export async function reopenRun(folder: string): Promise<OpenedRun> {
  const found = await stat(folder).catch(() => null)
  if (!found?.isDirectory()) {
    const what = found === null ? 'there is no such folder' : 'it is a file'
    throw new TapeloopError(`There is no run in "${folder}", for ${what}; name a folder that was trained in.`)
  }
  const run = await openRun(fileStorage(folder))
  const config = parseConfig(`${folder}/run.json`, run.record.config)
  const tokenizer = await run.tokenizer()
  if (tokenizer === null) {
    throw new TapeloopError(`"${folder}" lacks tokenizer.json; restore it from a copy, or train anew.`)
  }
  return { run, config, tokenizer }
}

/** The text of a run. */
export async function textOf({ run, config }: OpenedRun): Promise<Corpus> {
  const bytes = await run.storage.read(textFile)
  return { name: config.text, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), changes: [] }
}

/** A trained model, as its last checkpoint has it. */
export interface TrainedModel {
  readonly model: LanguageModel
  readonly params: LanguageModelParams
  readonly tokenizer: Tokenizer
  /** how many updates were made */
  readonly step: number
}

/**
 * Loads the last checkpoint of a folder.
 *
 * @throws one sentence where there is none, or none is whole
 */
export async function loadModel(folder: string): Promise<TrainedModel> {
  const { run, config, tokenizer } = await reopenRun(folder)
  const saved = await run.latest()
  if (saved === null) {
    throw new TapeloopError(
      `"${folder}" has no checkpoint yet; go on with its training by train --out ${folder} --resume.`,
    )
  }
  const model = modelOf(config, tokenizer.size)
  const where = `${folder}/checkpoints/${saved.name}/model.safetensors`
  const params = restoreTree(model.init(randomKey(0)), saved.model, where)
  return { model, params, tokenizer, step: saved.state.step }
}
