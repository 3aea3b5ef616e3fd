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
import {
  checkConfig,
  createKeptRun,
  openKeptRun,
  textIn,
  type KeptRun,
  type TrainingConfig,
} from '../kept-run.js'
import type { RunFiles } from '../run-files.js'

/** What `run.json` of a text holds as `config`: what the command line writes and reads. */
export interface TextRunConfig extends TrainingConfig {
  readonly text: string
  readonly embedding: number
}

/** A run with all that its training needs. */
export interface TextRun extends KeptRun {
  readonly config: TextRunConfig
  readonly tokenizer: Tokenizer
  readonly train: { readonly tokens: Int32Array; readonly batches: Batches<TokenBatch> }
  readonly valid: { readonly tokens: Int32Array; readonly batches: Batches<PaddedBatch> | null }
}

const textFile = 'text.txt'
/**
 * Begins a run of a text, in memory.
 *
 * @throws one sentence where the text is too short for the settings
 */
export async function beginTextRun(text: string, config: TextRunConfig): Promise<TextRun> {
  const tokenizer = characters.train(text)
  const data = cut(text, tokenizer, config)
  return { ...(await createKeptRun(config, { [textFile]: text }, tokenizer)), config, tokenizer, ...data }
}

/**
 * Opens a run of its files, from this page or from the command line.
 *
 * @throws one sentence where a file is missing or damaged
 */
export async function openTextRun(files: RunFiles): Promise<TextRun> {
  const kept = await openKeptRun(files)
  const tokenizer = await kept.run.tokenizer()
  if (tokenizer === null) throw new TapeloopError('The run lacks tokenizer.json; take the whole folder.')
  const text = textIn(files, textFile, 'the text that it learns')
  const read = checkConfig(kept.run.record.config, { task: 'language-model', numbers: { embedding: 4096 } })
  const config = { ...read, text: String(read['text'] ?? 'a text') } as TextRunConfig
  return { ...kept, config, tokenizer, ...cut(text, tokenizer, config) }
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
