import { numberSpecial } from './special.js'
import { tokensAt, type Fields } from './fields.js'
import type { SplitName } from './subwords/splits.js'
import {
  plainSurroundings,
  subwordTokenizer,
  type SubwordModel,
  type Surroundings,
} from './subwords/subwords.js'
import { parseSurroundings } from './subwords/surroundings.js'
import { countSubwordPieces } from './subwords/training.js'
import {
  tokenizerFormat,
  tokenizerVersion,
  type SpecialToken,
  type Tokenizer,
  type TokenizerKind,
} from './tokenizer.js'
import { mostFrequent, type VocabularyLimits } from './vocabulary.js'

/** Options of the tokenizer of words by a pattern. */
export interface WordLevelOptions extends VocabularyLimits {
  /** How words are found: `whitespace-only` unless said. What it drops does not come back. */
  readonly split?: SplitName
  /** Texts that are one token wherever they stand; none unless said. */
  readonly added?: readonly string[]
  /** Special tokens, whose ids are the last; `unknown` alone unless said. */
  readonly special?: readonly SpecialToken[]
}

/** A list of words: plain JSON. */
export interface WordLevelRecord {
  /** The words by their ids; null where only an added or a special token has the id. */
  readonly tokens: readonly (string | null)[]
}

/**
 * One token a word, where words are what stands between spaces, as in texts that were split before (WikiText, the Penn
 * Treebank). Decoding puts one space between words. `words` finds words in any text, and keeps what is between them.
 *
 * @example wordLevel.train('the cat the dog', { maximumSize: 1 }).encode('the bird').unknown // 1
 */
export const wordLevel: TokenizerKind<WordLevelOptions> = {
  type: 'word-level',
  train(texts, { split = 'whitespace-only', added = [], special = ['unknown'], ...limits } = {}) {
    const { around, pieces } = countSubwordPieces('wordLevel', texts, { split, added })
    const tokens = mostFrequent(new Map(pieces), limits)
    return wordLevelTokenizer(
      { tokens },
      {
        ...plainSurroundings,
        ...around,
        added: added.map((text, i) => ({ text, id: tokens.length + i })),
        special: numberSpecial(special, tokens.length + added.length),
        joining: { between: ' ', dropsFirstSpace: false },
      },
    )
  },
  fromJSON: (record) => wordLevelTokenizer(parseWordLevel(record), parseSurroundings(record)),
}

/** Reads the model of a saved tokenizer. */
export function parseWordLevel(record: Fields): WordLevelRecord {
  return { tokens: tokensAt(record) }
}

/** The tokenizer of a list of words. */
export function wordLevelTokenizer(record: WordLevelRecord, around: Surroundings): Tokenizer {
  return subwordTokenizer(wordLevel.type, wordLevelModel(record), around, () => ({
    format: tokenizerFormat,
    version: tokenizerVersion,
    type: wordLevel.type,
    ...record,
    ...around,
  }))
}

function wordLevelModel({ tokens }: WordLevelRecord): SubwordModel {
  const ids = new Map(tokens.flatMap((token, id) => (token === null ? [] : [[token, id] as const])))
  return {
    tokens: tokens.map((token) => token ?? undefined),
    encode(piece, list) {
      const id = ids.get(piece)
      if (id === undefined) list.pushUnknown(piece)
      else list.push(id)
    },
  }
}
