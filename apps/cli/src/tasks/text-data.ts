import { basename } from 'node:path'
import { TapeloopError } from '@tapeloop/core'
import {
  contiguousBatches,
  evaluationBatches,
  paddedBatches,
  splitContiguous,
  splitRandom,
  wordSequences,
  type Batches,
  type PaddedBatch,
  type TextChange,
  type TokenBatch,
  type Tokenizer,
} from '@tapeloop/data'
import { readText } from '@tapeloop/data/node'
import { mobyDickName, mobyDickText } from '../moby-dick.js'
import { count, counted } from '../terminal/numbers.js'
import { charactersIn, charactersPerToken, nounOf } from './text-tokenizer.js'

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

/** Tokens as batches to train on and batches to validate on. */
export interface TextData {
  readonly train: Batches<TokenBatch | PaddedBatch>
  /** null where nothing is for validation */
  readonly valid: Batches<TokenBatch | PaddedBatch> | null
  readonly trainTokens: number
  readonly validTokens: number
  readonly trainCharacters: number
  readonly validCharacters: number
  /** how many characters a token is in the mean, of the part to validate on where there is one */
  readonly charactersPerToken: number
}

/** How a text is cut into batches. */
export interface CutOptions {
  readonly validFraction: number
  readonly batchSize: number
  readonly seqLength: number
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
  { validFraction, batchSize, seqLength }: CutOptions,
): TextData {
  const tokens = tokenizer.encode(text).ids
  const noun = nounOf(tokenizer)
  const validTokens = tokens.length - Math.floor(tokens.length * (1 - validFraction) + 1e-6)
  const trainTokens = tokens.length - validTokens
  const needed = batchSize * seqLength + 1
  if (trainTokens < needed) {
    throw new TapeloopError(
      `${name} has ${counted(tokens.length, noun)}, of which ${count(trainTokens)} are to train on, but ` +
        `one batch of --batch-size ${batchSize} and --seq-length ${seqLength} needs ${count(needed)}; ` +
        'use a longer text, or smaller numbers.',
    )
  }
  if (validFraction > 0 && validTokens < 2) {
    throw new TapeloopError(
      `${name} has ${counted(tokens.length, noun)}, of which --valid-fraction ${validFraction} leaves ` +
        `${validTokens} to validate on, but 2 are needed; use a longer text, or --valid-fraction 0.`,
    )
  }
  const parts = splitContiguous(tokens, { train: 1 - validFraction, valid: validFraction })
  const lanes = Math.min(batchSize, Math.max(1, Math.floor(validTokens / shortestLane)))
  return {
    train: contiguousBatches(parts.train, { batchSize, seqLength }),
    valid:
      validFraction === 0
        ? null
        : evaluationBatches(parts.valid, { batchSize: lanes, seqLength, context: 'stream' }),
    trainTokens,
    validTokens,
    trainCharacters: charactersIn(tokenizer, parts.train),
    validCharacters: charactersIn(tokenizer, parts.valid),
    charactersPerToken: charactersPerToken(tokenizer, validTokens > 0 ? parts.valid : parts.train),
  }
}

/** Lines, each a text of its own, as batches, with how many lines there are of both parts. */
export interface LineData extends TextData {
  readonly trainLines: number
  readonly validLines: number
}

/**
 * Cuts lines into those to train on and those to validate on, at random: a list is often in order.
 *
 * @throws one sentence where there are too few
 */
export function cutLines(
  name: string,
  lines: readonly string[],
  tokenizer: Tokenizer,
  { validFraction, batchSize, seed }: Omit<CutOptions, 'seqLength'> & { readonly seed: number },
): LineData {
  const needed = validFraction === 0 ? 1 : Math.ceil(1 / Math.min(validFraction, 1 - validFraction))
  if (lines.length < needed) {
    throw new TapeloopError(
      `${name} has ${counted(lines.length, 'line')}, but --valid-fraction ${validFraction} needs ${needed}; ` +
        'use a longer list, or --no-lines to take it as one text.',
    )
  }
  const parts = splitRandom(lines, { train: 1 - validFraction, valid: validFraction }, seed)
  const [train, valid] = [parts.train, parts.valid].map((part) => wordSequences(part, tokenizer))
  const share = charactersPerToken(tokenizer, tokenizer.encode(lines.join('\n'), { skipUnknown: true }).ids)
  const tokensOf = (sequences: readonly Int32Array[]) =>
    sequences.reduce((sum, { length }) => sum + length - 1, 0)
  return {
    // a batch is as long as its longest line: few are so long
    train: paddedBatches(train!, { batchSize, seed, padTo: 'batch' }),
    valid: valid!.length === 0 ? null : paddedBatches(valid!, { batchSize, padTo: 'batch' }),
    trainTokens: tokensOf(train!),
    validTokens: tokensOf(valid!),
    trainCharacters: Math.round(tokensOf(train!) * share),
    validCharacters: Math.round(tokensOf(valid!) * share),
    charactersPerToken: share,
    trainLines: train!.length,
    validLines: valid!.length,
  }
}

/** The different lines of a text, without the space around them; those that are empty are left out. */
export function linesOf(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '')
}

/** Marks that stand in sentences, and hardly ever in a word or a name. */
const sentenceMarks = /[,;:!?"()“”…。，、；：！？「」]/u

/** Whether each line is best taken as a text of its own: many lines, hardly any of more than two words, or of a sentence. */
export function isList(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const isShort = (line: string) =>
    line.length <= 40 && line.trim().split(/\s+/, 3).length <= 2 && !sentenceMarks.test(line)
  return lines.length >= 100 && lines.filter(isShort).length >= 0.99 * lines.length
}

const descriptions: Readonly<Record<string, (changed: number) => string>> = {
  'byte-order-mark': () => 'its byte order mark was left out',
  'invalid-utf8': (n) => `${counted(n, 'invalid UTF-8 sequence')} became U+FFFD`,
  'line-ends': (n) => `${counted(n, 'line end')} (CRLF or CR) became LF`,
}

/** What reading data changed, in words; nothing where it was plain. */
export function describeChanges(changes: readonly TextChange[]): string[] {
  return changes
    .filter(({ changed }) => changed > 0)
    .map(({ step, changed, unit }) => descriptions[step]?.(changed) ?? `${step}: ${count(changed)} ${unit}`)
}
