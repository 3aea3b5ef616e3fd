import { TapeloopError } from '@tapeloop/core'
import { checkWhole } from '../../check.js'
import { flagAt, listAt, refuseField, tokensAt, type Fields } from '../fields.js'
import { numberSpecial } from '../special.js'
import { nameOfByte } from '../subwords/byte-alphabet.js'
import { plainSurroundings, subwordTokenizer, type Surroundings } from '../subwords/subwords.js'
import { parseSurroundings } from '../subwords/surroundings.js'
import { countSubwordPieces, type SubwordOptions } from '../subwords/training.js'
import { tokenizerFormat, tokenizerVersion, type Tokenizer, type TokenizerKind } from '../tokenizer.js'
import type { WeightedPiece } from './frequent-strings.js'
import { learnTokens, type ScoredTokens } from './learn-tokens.js'
import { codePointsOf } from './trie.js'
import { unigramModel, type UnigramRecord } from './unigram-model.js'

/** Options of the unigram tokenizer. */
export interface UnigramOptions extends SubwordOptions {
  /**
   * Have a token for every byte, for the characters that have none: then nothing is unknown, and every string comes back
   * as it was. True unless said.
   */
  readonly byteFallback?: boolean
  /** The most code points of a token; 16 unless said. */
  readonly longest?: number
  /** The share of the text whose characters get a token of their own, the most frequent first; the others are bytes. */
  readonly coverage?: number
}

/**
 * Parts of words by a unigram language model (Kudo 2018): the text is cut in the way that is most likely. Spaces are
 * characters like others.
 *
 * @example unigram.train(text, { size: 4000 }).encode('a new word').ids
 */
export const unigram: TokenizerKind<UnigramOptions> = {
  type: 'unigram',
  train(texts, options = {}) {
    const { size = 8192, byteFallback = true, longest = 16, added = [], special = [] } = options
    const { coverage = byteFallback ? 0.9995 : 1, onProgress } = options
    const others = (byteFallback ? 256 : 0) + added.length + special.length
    checkWhole('unigram', 'size', size, others + 1)
    checkWhole('unigram', 'longest', longest, 1)
    if (!(coverage > 0 && coverage <= 1)) {
      throw new TapeloopError(`unigram: coverage must be above 0 and at most 1, but it is ${coverage}.`)
    }
    if (coverage < 1 && !byteFallback) {
      throw new TapeloopError(
        `unigram: coverage is ${coverage}, but without byteFallback every character needs a token; leave it out.`,
      )
    }
    const { around, pieces } = countSubwordPieces('unigram', texts, options)
    const whole = pieces.map(([piece, count]): WeightedPiece => [codePointsOf(piece), count])
    const covered = coveredLetters(whole, coverage, byteFallback)
    if (covered.size === 0 || covered.size > size - others) {
      throw new TapeloopError(
        covered.size === 0
          ? 'unigram: the text is empty; give one with characters in it.'
          : `unigram: size ${size} leaves ${size - others} tokens, but the text has ${covered.size} characters to ` +
              `cover; give a larger size${byteFallback ? ', or a smaller coverage' : ''}.`,
      )
    }
    const learned = learnTokens({
      pieces: cutAtOthers(whole, covered),
      size: size - others,
      longest,
      ...(onProgress && { onProgress }),
    })
    onProgress?.(1)
    const record = recordOf(learned, byteFallback)
    return unigramTokenizer(record, {
      ...plainSurroundings,
      ...around,
      added: added.map((text, i) => ({ text, id: record.tokens.length + i })),
      special: numberSpecial(special, record.tokens.length + added.length),
    })
  },
  fromJSON: (record) => unigramTokenizer(parseUnigram(record), parseSurroundings(record)),
}

/** Reads the model of a saved tokenizer. */
export function parseUnigram(record: Fields): UnigramRecord {
  const tokens = tokensAt(record)
  return {
    tokens,
    scores: checkScores(listAt(record, 'scores'), tokens.length),
    byteFallback: flagAt(record, 'byteFallback'),
  }
}

/** The tokenizer of a unigram model. */
export function unigramTokenizer(record: UnigramRecord, around: Surroundings): Tokenizer {
  return subwordTokenizer(unigram.type, unigramModel(record), around, () => ({
    format: tokenizerFormat,
    version: tokenizerVersion,
    type: unigram.type,
    ...record,
    ...around,
  }))
}

/** What Hugging Face's files write for a space: as a character of the text it is left to its bytes, so that it comes back. */
const lowBlock = 0x2581

function coveredLetters(
  pieces: readonly WeightedPiece[],
  coverage: number,
  byteFallback: boolean,
): ReadonlySet<number> {
  const counts = new Map<number, number>()
  let total = 0
  for (const [letters, count] of pieces) {
    for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + count)
    total += count * letters.length
  }
  if (byteFallback) counts.delete(lowBlock)
  const covered = new Set<number>()
  let sum = 0
  for (const [letter, count] of [...counts].toSorted(([a, m], [b, n]) => n - m || a - b)) {
    if (coverage < 1 && sum >= coverage * total) break
    covered.add(letter)
    sum += count
  }
  return covered
}

/** The parts of pieces between the characters that get no token. */
function cutAtOthers(pieces: readonly WeightedPiece[], covered: ReadonlySet<number>): WeightedPiece[] {
  return pieces.flatMap(([letters, count]) => {
    const parts: WeightedPiece[] = []
    let start = 0
    for (let end = 0; end <= letters.length; end++) {
      if (end < letters.length && covered.has(letters[end]!)) continue
      if (end > start) parts.push([letters.subarray(start, end), count])
      start = end + 1
    }
    return parts
  })
}

function recordOf({ tokens, scores }: ScoredTokens, byteFallback: boolean): UnigramRecord {
  const texts = tokens.map((letters) => String.fromCodePoint(...letters))
  if (!byteFallback) return { tokens: texts, scores: [...scores], byteFallback }
  // so unlikely that no program takes the text `<0x41>` for one of them
  const low = 8 * scores.reduce((a, b) => Math.min(a, b))
  return {
    tokens: [...Array.from({ length: 256 }, (_, byte) => nameOfByte(byte)), ...texts],
    scores: [...Array.from({ length: 256 }, () => low), ...scores],
    byteFallback,
  }
}

/** Checks the scores of a file: as many numbers as there are tokens. */
export function checkScores(scores: readonly unknown[], tokens: number): number[] {
  if (scores.length !== tokens) refuseField('scores', `a list of ${tokens} numbers`, scores)
  return scores.map((score, id) =>
    typeof score === 'number' && Number.isFinite(score)
      ? score
      : refuseField(`score ${id}`, 'a finite number', score),
  )
}
