import { listAt, textAt } from './fields.js'
import { wordSegments } from './splitters.js'
import type { SpecialToken, TokenizerKind } from './tokenizer.js'
import {
  checkTexts,
  countPieces,
  mostFrequent,
  vocabularyTokenizer,
  type VocabularyLimits,
} from './vocabulary.js'

/** Options of the word tokenizer. */
export interface WordTokenizerOptions extends VocabularyLimits {
  /** Special tokens, whose ids follow those of the words in the order given; `unknown` alone unless said. */
  readonly special?: readonly SpecialToken[]
  /** The language whose rules are used, as a tag such as `en`, `zh` or `th`; `en` unless said. */
  readonly language?: string
}

/**
 * One token a word, and one for what stands between words (spaces, marks), as `Intl.Segmenter` finds them: Chinese,
 * Japanese and Thai, too. The most frequent one has id 0. Where words end depends on the dictionaries of the engine.
 *
 * @example words.train('to be or not to be', { minimumCount: 2 }).size // 4: the space, "be", "to" and unknown
 */
export const words: TokenizerKind<WordTokenizerOptions> = {
  type: 'words',
  train(texts, { special = ['unknown'], language = 'en', ...limits } = {}) {
    const list = mostFrequent(countPieces(texts, wordSegments(language)), limits)
    return fromList(list, special, language)
  },
  fromJSON: (record) =>
    fromList(listAt(record, 'words'), listAt(record, 'special'), textAt(record, 'language')),
}

function fromList(list: readonly unknown[], special: readonly unknown[], language: string) {
  return vocabularyTokenizer({
    type: words.type,
    units: 'words',
    splitter: wordSegments(language),
    list: checkTexts(list, 'word'),
    special,
    more: { language },
  })
}
