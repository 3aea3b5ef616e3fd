import { TapeloopError } from '@tapeloop/core'
import type { Tokenizer } from '@tapeloop/data'
import { memoryStorage, type Storage } from '@tapeloop/formats'
import { createRun, openRun, type Run } from '@tapeloop/train'
import manifest from '../../../package.json' with { type: 'json' }
import { registry } from './registry.js'
import { putFiles, type RunFiles } from './run-files.js'

/** What `run.json` holds of every training, as the command line writes and reads it. */
export interface TrainingConfig {
  readonly cell: string
  readonly options: Readonly<Record<string, number | boolean | string>>
  readonly hidden: number
  readonly layers: number
  readonly seqLength: number
  readonly batchSize: number
  readonly optimizer: string
  readonly lr: number
  readonly schedule: 'cosine' | 'constant'
  readonly clip: number
  readonly seed: number
  readonly wide: boolean
  readonly validFraction: number
  readonly steps: number
  readonly validEvery: number
  readonly sampleEvery: number
  readonly checkpointEvery: number
  /** validations without a better one after which it ends; never where it is 0 or not there */
  readonly patience?: number
}

/** A run in memory. */
export interface KeptRun {
  readonly run: Run
  readonly storage: Storage
}

/** More than this in a folder, and a page would run out of memory. */
const mostBytes = 512e6

/** Begins a run in memory, with the data that it learns as files beside its configuration. */
export async function createKeptRun(
  config: TrainingConfig,
  data: Readonly<Record<string, string>>,
  tokenizer?: Tokenizer,
): Promise<KeptRun> {
  const storage = memoryStorage()
  for (const [file, text] of Object.entries(data)) {
    await storage.replace(file, new TextEncoder().encode(text))
  }
  const record = {
    config: { ...config },
    command: 'the playground',
    seed: config.seed,
    versions: { tapeloop: manifest.version },
  }
  return { storage, run: await createRun(storage, record, tokenizer ? { tokenizer } : {}) }
}

/**
 * Opens a run of its files, in memory.
 *
 * @throws one sentence where there are too many bytes, or no run
 */
export async function openKeptRun(files: RunFiles): Promise<KeptRun> {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.length, 0)
  if (bytes > mostBytes) {
    throw new TapeloopError(
      `The folder holds ${Math.round(bytes / 1e6)} MB, more than a page can hold; open it with the command line.`,
    )
  }
  const storage = memoryStorage()
  await putFiles(storage, files)
  return { storage, run: await openRun(storage) }
}

/** The text of a file of a run that must be there. */
export function textIn(files: RunFiles, file: string, what: string): string {
  if (Object.hasOwn(files, file)) return new TextDecoder().decode(files[file])
  throw new TapeloopError(`The run lacks ${file}, ${what}; take the whole folder.`)
}

const numbers = {
  hidden: 4096,
  layers: 100,
  seqLength: 1e5,
  batchSize: 1e5,
  lr: 1e9,
  clip: 1e9,
  seed: Number.MAX_SAFE_INTEGER,
  validFraction: 0.9,
  steps: 1e9,
  validEvery: 1e9,
  sampleEvery: 1e9,
  checkpointEvery: 1e9,
} as const

/** What the command line can do to a training and a page cannot, by the value at which it does nothing. */
const elsewhere = {
  warmup: 0,
  weightDecay: 0,
  ema: 0,
  accumulate: 1,
  dropout: 0,
  recurrentDropout: 0,
  zoneout: 0,
  weightDrop: 0,
} as const

/**
 * Reads the configuration of a run.
 *
 * @param task what a run of this page is, and the most of each further number of it
 * @throws one sentence that names the part that no training of this page follows from
 */
export function checkConfig(
  value: Readonly<Record<string, unknown>>,
  { task, numbers: more }: { readonly task: string; readonly numbers: Readonly<Record<string, number>> },
): TrainingConfig & Readonly<Record<string, unknown>> {
  const where = 'run.json cannot be used'
  const usual = { task, optimizer: 'adam', schedule: 'cosine', options: {} }
  const config: Readonly<Record<string, unknown>> = { ...usual, ...value }
  const { cell, schedule } = config
  if (typeof cell !== 'string' || !Object.hasOwn(registry, cell)) {
    throw new TapeloopError(
      `${where}: there is no cell ${JSON.stringify(cell)} here; runs of own cells open in the command line.`,
    )
  }
  for (const [name, none] of Object.entries({ ...elsewhere, task })) {
    if ((config[name] ?? none) === none) continue
    throw new TapeloopError(
      `${where}: ${name} is ${JSON.stringify(config[name])}, which this page does not do; open it with the command line.`,
    )
  }
  if (schedule !== 'cosine' && schedule !== 'constant') {
    throw new TapeloopError(
      `${where}: schedule is ${JSON.stringify(schedule)}, which this page does not do; open it with the command line.`,
    )
  }
  for (const [name, most] of Object.entries({ ...numbers, ...more })) {
    const number = config[name]
    if (typeof number !== 'number' || !(number >= 0 && number <= most)) {
      throw new TapeloopError(
        `${where}: ${name} is ${JSON.stringify(number)}; it must be a number from 0 to ${most}.`,
      )
    }
  }
  return config as unknown as TrainingConfig & Readonly<Record<string, unknown>>
}
