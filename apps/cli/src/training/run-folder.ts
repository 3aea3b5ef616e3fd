import { spawnSync } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { TapeloopError } from '@tapeloop/core'
import { decodeSafetensors } from '@tapeloop/formats'
import { fileStorage } from '@tapeloop/formats/node'
import { createRun, openRun, type Run, type StoredTensors } from '@tapeloop/train'
import { commandLine } from '../command-line.js'
import { refuseUsage } from '../errors.js'
import { taskNamed } from '../tasks/index.js'
import type { Beginning, Kept, Trained } from '../tasks/task.js'
import { version } from '../version.js'
import { parseConfig, type RunConfig } from './config.js'
import { bestFolder, keptFolder } from './keeper.js'
import { lockFile } from './lock.js'

/** A run with what it was started with. */
export interface OpenedRun extends Kept {
  readonly run: Run
}

/** Refuses a folder that has something in it, saying what can be done. */
export async function checkVacant(out: string): Promise<void> {
  const names = await namesIn(out)
  if (names.includes('run.json')) {
    refuseUsage(`"${out}" holds a run already; go on with it by --resume, or choose another --out.`)
  }
  // a start that failed may have left these, and they are written anew
  const left = /^(text\.txt|series\.(csv|jsonl)|(examples|tokenizer)\.json|\..*\.tapeloop-tmp)$/
  if (names.some((name) => !left.test(name) && !name.startsWith(lockFile))) {
    refuseUsage(`"${out}" is not empty; choose another --out.`)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const found = await stat(folder).catch(() => null)
  if (found === null) return []
  if (!found.isDirectory()) return refuseUsage(`"${folder}" is a file; choose another --out.`)
  return readdir(folder)
}

/** Begins a run: its folder with the data, the tokenizer and all settings. */
export async function beginRun(
  out: string,
  { files, tokenizer }: Pick<Beginning, 'files' | 'tokenizer'>,
  config: RunConfig,
): Promise<OpenedRun> {
  const storage = fileStorage(out)
  // run.json comes last: a folder that has one is a whole run
  for (const [name, text] of Object.entries(files)) {
    await storage.replace(name, new TextEncoder().encode(text))
  }
  const commit = commitHere()
  const record = {
    config: { ...config },
    command: commandLine(...process.argv.slice(2)),
    seed: config.seed,
    versions: { tapeloop: version, node: process.versions.node, ...(commit && { commit }) },
  }
  const run = await createRun(storage, record, tokenizer ? { tokenizer } : {})
  return { run, config, tokenizer, read: (file) => textIn(run, file) }
}

/** The git commit of the folder that the command is given in, with a mark where files differ from it; nothing where there is none. */
function commitHere(): string | null {
  const git = (...args: string[]) => {
    const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', timeout: 2000 })
    return status === 0 ? stdout.trim() : null
  }
  const commit = git('rev-parse', 'HEAD')
  if (commit === null || commit === '') return null
  return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit} with changes`
}

async function textIn({ storage }: Run, file: string): Promise<string> {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await storage.read(file))
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
  return { run, config, tokenizer: await run.tokenizer(), read: (file) => textIn(run, file) }
}

/** A trained model, with where its weights came from. */
export interface LoadedModel {
  readonly trained: Trained
  readonly config: RunConfig
}

/**
 * Loads the model of a folder.
 *
 * @param which `last` for its last checkpoint, `best` for the one with the lowest validation loss, or the name of a
 *   checkpoint or of a kept model
 * @throws one sentence where there is none, or none is whole
 */
export async function loadModel(folder: string, which = 'last'): Promise<LoadedModel> {
  const opened = await reopenRun(folder)
  const { weights, where } = await weightsOf(opened.run, folder, which)
  const trained = await taskNamed(opened.config.task).load(opened, weights, where)
  return { trained, config: opened.config }
}

async function weightsOf(
  run: Run,
  folder: string,
  which: string,
): Promise<{ readonly weights: StoredTensors; readonly where: string }> {
  if (which === 'last') {
    const saved = await run.latest()
    if (saved !== null) {
      return { weights: saved.model, where: `${folder}/checkpoints/${saved.name}/model.safetensors` }
    }
    throw new TapeloopError(
      `"${folder}" has no checkpoint yet; go on with its training by train --out ${folder} --resume.`,
    )
  }
  const [best, kept] = [await run.storage.list(bestFolder), await run.storage.list(keptFolder)]
  const paths = [
    ...best.map((name) => ({ names: ['best', name], path: `${bestFolder}/${name}` })),
    ...kept.map((name) => ({ names: [name], path: `${keptFolder}/${name}` })),
  ]
  const chosen = paths.find(({ names }) => names.some((name) => name.replace('.safetensors', '') === which))
  if (chosen !== undefined) {
    const where = `${folder}/${chosen.path}`
    const bytes = await run.storage.read(chosen.path)
    return { weights: decodeSafetensors(bytes, { name: where }).tensors, where }
  }
  const checkpoints = await run.checkpoints()
  if (checkpoints.includes(which)) {
    const { model } = await run.checkpoint(which)
    return { weights: model, where: `${folder}/checkpoints/${which}/model.safetensors` }
  }
  const names = [
    'last',
    ...(best.length > 0 ? ['best'] : []),
    ...checkpoints,
    ...kept.map((name) => name.replace('.safetensors', '')),
  ]
  return refuseUsage(`--checkpoint is "${which}"; "${folder}" has ${names.join(', ')}.`)
}
