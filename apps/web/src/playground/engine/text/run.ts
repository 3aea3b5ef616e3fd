import { TapeloopError } from '@tapeloop/core'
import {
  characters,
  contiguousBatches,
  evaluationBatches,
  splitContiguous,
  type Batches,
  type PaddedBatch,
  type TokenBatch,
  type Tokenizer,
} from '@tapeloop/data'
import { memoryStorage, type Storage } from '@tapeloop/formats'
import { createRun, openRun, type Run } from '@tapeloop/train'
import manifest from '../../../../package.json' with { type: 'json' }
import { registry } from '../registry.js'
import { putFiles, type RunFiles } from '../run-files.js'

/** What `run.json` of a text holds as `config`: what the command line writes and reads. */
export interface TextRunConfig {
  readonly text: string
  readonly cell: string
  readonly options: Readonly<Record<string, number | boolean | string>>
  readonly hidden: number
  readonly layers: number
  readonly embedding: number
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
}

/** A run with all that its training needs. */
export interface TextRun {
  readonly run: Run
  readonly storage: Storage
  readonly config: TextRunConfig
  readonly tokenizer: Tokenizer
  readonly train: { readonly tokens: Int32Array; readonly batches: Batches<TokenBatch> }
  readonly valid: { readonly tokens: Int32Array; readonly batches: Batches<PaddedBatch> | null }
}

const textFile = 'text.txt'
/** More than this in a folder, and a page would run out of memory. */
const mostBytes = 512e6

/**
 * Begins a run of a text, in memory.
 *
 * @throws one sentence where the text is too short for the settings
 */
export async function beginTextRun(text: string, config: TextRunConfig): Promise<TextRun> {
  const storage = memoryStorage()
  const tokenizer = characters.train(text)
  const data = cut(text, tokenizer, config)
  await storage.replace(textFile, new TextEncoder().encode(text))
  const record = {
    config: { ...config },
    command: 'the playground',
    seed: config.seed,
    versions: { tapeloop: manifest.version },
  }
  const run = await createRun(storage, record, { tokenizer })
  return { run, storage, config, tokenizer, ...data }
}

/**
 * Opens a run of its files, from this page or from the command line.
 *
 * @throws one sentence where a file is missing or damaged
 */
export async function openTextRun(files: RunFiles): Promise<TextRun> {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.length, 0)
  if (bytes > mostBytes) {
    throw new TapeloopError(
      `The folder holds ${Math.round(bytes / 1e6)} MB, more than a page can hold; open it with the command line.`,
    )
  }
  const storage = memoryStorage()
  await putFiles(storage, files)
  const run = await openRun(storage)
  const tokenizer = await run.tokenizer()
  if (tokenizer === null) throw new TapeloopError('The run lacks tokenizer.json; take the whole folder.')
  if (!Object.hasOwn(files, textFile)) {
    throw new TapeloopError('The run lacks text.txt, the text that it learns; take the whole folder.')
  }
  const config = checkConfig(run.record.config)
  const text = new TextDecoder().decode(files[textFile])
  return { run, storage, config, tokenizer, ...cut(text, tokenizer, config) }
}

function cut(text: string, tokenizer: Tokenizer, config: TextRunConfig): Pick<TextRun, 'train' | 'valid'> {
  const { batchSize, seqLength, validFraction } = config
  const tokens = tokenizer.encode(text).ids
  const parts = splitContiguous(tokens, { train: 1 - validFraction, valid: validFraction })
  const needed = Math.ceil((batchSize * seqLength + 1) / (1 - validFraction))
  if (tokens.length < needed) {
    throw new TapeloopError(
      `The text has ${tokens.length} characters, but these settings need ${needed}; give a longer text, or less ` +
        'sequences a step.',
    )
  }
  return {
    train: { tokens: parts.train, batches: contiguousBatches(parts.train, { batchSize, seqLength }) },
    valid: {
      tokens: parts.valid,
      batches:
        parts.valid.length < 2
          ? null
          : evaluationBatches(parts.valid, { batchSize: 8, seqLength, context: 'stream' }),
    },
  }
}

const numbers = {
  hidden: 4096,
  layers: 100,
  embedding: 4096,
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

/** Refuses a configuration that no training follows from. */
function checkConfig(value: Readonly<Record<string, unknown>>): TextRunConfig {
  const where = 'run.json cannot be used'
  const { cell } = value
  if (typeof cell !== 'string' || !Object.hasOwn(registry, cell)) {
    throw new TapeloopError(
      `${where}: there is no cell ${JSON.stringify(cell)} here; runs of own cells open in the command line.`,
    )
  }
  for (const [name, most] of Object.entries(numbers)) {
    const number = value[name]
    if (typeof number !== 'number' || !(number >= 0 && number <= most)) {
      throw new TapeloopError(
        `${where}: ${name} is ${JSON.stringify(number)}; it must be a number from 0 to ${most}.`,
      )
    }
  }
  return { text: 'a text', options: {}, optimizer: 'adam', ...value } as unknown as TextRunConfig
}
