import { listAt } from './fields.js'
import { graphemeClusters } from './splitters.js'
import type { SpecialToken, Tokenizer, TokenizerKind } from './tokenizer.js'
import {
  checkTexts,
  countPieces,
  mostFrequent,
  vocabularyTokenizer,
  type VocabularyLimits,
} from './vocabulary.js'

/** Options of the grapheme tokenizer. */
export interface GraphemeOptions extends VocabularyLimits {
  /** Special tokens, whose ids follow those of the graphemes in the order given; none unless said. */
  readonly special?: readonly SpecialToken[]
}

/**
 * One token a grapheme cluster, what a reader takes for one character: `é` written as two code points, a family of
 * emoji, a Hangul or Devanagari syllable. The most frequent cluster has id 0. Where clusters end depends on the version
 * of Unicode that the engine has.
 *
 * @example graphemes.train('👩‍👩‍👧 e\u0301').size // 3
 */
export const graphemes: TokenizerKind<GraphemeOptions> = {
  type: 'graphemes',
  train: (texts, { special = [], ...limits } = {}) =>
    fromList(mostFrequent(countPieces(texts, graphemeClusters()), limits), special),
  fromJSON: (record) => fromList(listAt(record, 'graphemes'), listAt(record, 'special')),
}

function fromList(list: readonly unknown[], special: readonly unknown[]): Tokenizer {
  return vocabularyTokenizer({
    type: graphemes.type,
    units: 'graphemes',
    splitter: graphemeClusters(),
    list: checkTexts(list, 'grapheme'),
    special,
  })
}
