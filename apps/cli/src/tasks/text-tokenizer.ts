import {
  bpe,
  bytes,
  characters,
  graphemes,
  unigram,
  words,
  type SpecialToken,
  type Tokenizer,
} from '@tapeloop/data'
import type { Notice } from './task.js'
import { whole, type SettingSpecs, type SettingValues } from '../flags/specs.js'

/** How each kind is trained: on texts, with so many ids at most where it learns them, and these special tokens. */
const kinds = {
  characters: (texts, _size, special) => characters.train(texts, { special }),
  graphemes: (texts, size, special) => graphemes.train(texts, { ...limited(size), special }),
  bytes: (texts, _size, special) => bytes.train(texts, { special }),
  words: (texts, size, special) => words.train(texts, { ...limited(size), special }),
  bpe: (texts, size, special, onProgress) => bpe.train(texts, { ...sized(size), special, onProgress }),
  unigram: (texts, size, special, onProgress) =>
    unigram.train(texts, { ...sized(size), special, onProgress }),
} as const satisfies Readonly<Record<string, TrainTokenizer>>

type TrainTokenizer = (
  texts: readonly string[],
  size: number,
  special: readonly SpecialToken[],
  onProgress: (done: number) => void,
) => Tokenizer

/** What can be chosen where a task reads text. */
export const textSettings = {
  tokenizer: {
    type: 'choice',
    choices: Object.keys(kinds),
    default: 'characters',
    doc: 'what a text is cut into',
  },
  vocabulary: whole(
    0,
    0,
    'how many tokens at most, for graphemes, words, bpe and unigram; 0 for as many as there are, or 8,192',
  ),
  embedding: whole(0, 0, 'length of a learned vector for each token; 0 for one-hot'),
} as const satisfies SettingSpecs

/** Learns a tokenizer. Where words or graphemes are limited, or left out, there is a token for those that it does not know. */
export function trainTokenizer(
  texts: readonly string[],
  { tokenizer, vocabulary }: Pick<SettingValues<typeof textSettings>, 'tokenizer' | 'vocabulary'>,
  special: readonly SpecialToken[],
  notice: Notice,
): Tokenizer {
  const kind = tokenizer as keyof typeof kinds
  const isOpen = kind === 'words' || (kind === 'graphemes' && vocabulary > 0)
  const tokens = isOpen && !special.includes('unknown') ? (['unknown', ...special] as const) : special
  return kinds[kind](texts, vocabulary, tokens, (done) => notice('learning the tokens', done))
}

/** What a token of a tokenizer is called. */
export function nounOf({ type }: Pick<Tokenizer, 'type'>): string {
  return { characters: 'character', bytes: 'byte', graphemes: 'grapheme', words: 'word' }[type] ?? 'token'
}

/** How many characters (code points) the text of tokens has. */
export function charactersIn(tokenizer: Tokenizer, ids: Int32Array): number {
  return tokenizer.type === 'characters' ? ids.length : [...tokenizer.decode(ids)].length
}

/** How many characters a token is in the mean, of tokens as a text has them. */
export function charactersPerToken(tokenizer: Tokenizer, ids: Int32Array): number {
  return ids.length === 0 ? 1 : charactersIn(tokenizer, ids) / ids.length
}

const limited = (size: number) => (size > 0 ? { maximumSize: size } : {})
const sized = (size: number) => (size > 0 ? { size } : {})
