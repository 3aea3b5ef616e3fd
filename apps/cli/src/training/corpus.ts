import { basename } from 'node:path'
import { TapeloopError } from '@tapeloop/core'
import {
  contiguousBatches,
  evaluationBatches,
  splitContiguous,
  type Batches,
  type PaddedBatch,
  type TextChange,
  type TokenBatch,
  type Tokenizer,
} from '@tapeloop/data'
import { readText } from '@tapeloop/data/node'
import { count, counted } from '../terminal/numbers.js'
import { mobyDickName, mobyDickText } from '../moby-dick.js'

/** A text to learn. */
export interface Corpus {
  /** the file's name, or the book's */
  readonly name: string
  readonly text: string
  /** what decoding it changed */
  readonly changes: readonly TextChange[]
}

/** Reads a text file, or takes the book where none is named. */
export async function readCorpus(file: string | undefined): Promise<Corpus> {
  if (file === undefined) return { name: mobyDickName, text: mobyDickText(), changes: [] }
  const { text, changes } = await readText(file)
  return { name: basename(file), text, changes }
}

const descriptions: Readonly<Record<string, (changed: number) => string>> = {
  'byte-order-mark': () => 'its byte order mark was left out',
  'invalid-utf8': (n) => `${counted(n, 'invalid UTF-8 sequence')} became U+FFFD`,
  'line-ends': (n) => `${counted(n, 'line end')} (CRLF or CR) became LF`,
}

/** What decoding changed, in words; nothing where it was plain text. */
export function describeChanges(changes: readonly TextChange[]): string[] {
  return changes
    .filter(({ changed }) => changed > 0)
    .map(({ step, changed, unit }) => descriptions[step]?.(changed) ?? `${step}: ${count(changed)} ${unit}`)
}

/** A text as batches to train on and batches to validate on. */
export interface TextData {
  readonly train: Batches<TokenBatch>
  /** null where nothing of the text is for validation */
  readonly valid: Batches<PaddedBatch> | null
  readonly trainCharacters: number
  readonly validCharacters: number
}

/** A lane of validation text is not shorter: where it begins, the model knows nothing of what was before. */
const shortestLane = 2000

/**
 * Cuts a text into the part to train on and the part at its end to validate on.
 *
 * @throws one sentence where it is too short, naming the flags
 */
export function cutText(
  { name, text }: Pick<Corpus, 'name' | 'text'>,
  tokenizer: Tokenizer,
  { validFraction, batchSize, seqLength }: { validFraction: number; batchSize: number; seqLength: number },
): TextData {
  const tokens = tokenizer.encode(text).ids
  const validCharacters = tokens.length - Math.floor(tokens.length * (1 - validFraction) + 1e-6)
  const trainCharacters = tokens.length - validCharacters
  const needed = batchSize * seqLength + 1
  if (trainCharacters < needed) {
    throw new TapeloopError(
      `${name} has ${counted(tokens.length, 'character')}, of which ${count(trainCharacters)} are to train on, but ` +
        `one batch of --batch-size ${batchSize} and --seq-length ${seqLength} needs ${count(needed)}; ` +
        'use a longer text, or smaller numbers.',
    )
  }
  if (validFraction > 0 && validCharacters < 2) {
    throw new TapeloopError(
      `${name} has ${counted(tokens.length, 'character')}, of which --valid-fraction ${validFraction} leaves ` +
        `${validCharacters} to validate on, but 2 are needed; use a longer text, or --valid-fraction 0.`,
    )
  }
  const parts = splitContiguous(tokens, { train: 1 - validFraction, valid: validFraction })
  const lanes = Math.min(batchSize, Math.max(1, Math.floor(validCharacters / shortestLane)))
  return {
    train: contiguousBatches(parts.train, { batchSize, seqLength }),
    valid:
      validFraction === 0
        ? null
        : evaluationBatches(parts.valid, { batchSize: lanes, seqLength, context: 'stream' }),
    trainCharacters,
    validCharacters,
  }
}
