import { TapeloopError } from '@tapeloop/core'
import { checkWhole } from '../check.js'
import type { TextChange } from './cleaning.js'
import type { Tokenizer } from '../tokenizers/tokenizer.js'

/** Which words of a list are kept, and how they are written. */
export interface WordOptions {
  /** Make all letters small; true unless said. */
  readonly lowerCase?: boolean
  /** `a-z`: keep only words of these 26 letters, after `lowerCase` (the default). `any`: keep every word. */
  readonly letters?: 'a-z' | 'any'
  /** The fewest characters (code points) of a word; 1 unless said. */
  readonly minimumLength?: number
  /** The most characters of a word; no limit unless said. */
  readonly maximumLength?: number
}

/**
 * Makes a clean list of different words from a list, or from a text with one word a line. Surrounding space and empty
 * lines go; a word that comes again is left out, so that no split of the result has a word in two parts.
 *
 * @returns the words in the order given, and how many each rule changed or left out.
 * @throws when no word is left.
 */
export function cleanWords(
  source: string | readonly string[],
  { lowerCase = true, letters = 'a-z', minimumLength = 1, maximumLength = Infinity }: WordOptions = {},
): { words: string[]; changes: TextChange[] } {
  checkWhole('cleanWords', 'minimumLength', minimumLength, 1)
  if (maximumLength !== Infinity) checkWhole('cleanWords', 'maximumLength', maximumLength, minimumLength)
  const lines = typeof source === 'string' ? source.split(/\r\n|\r|\n/) : source
  const given = lines.map((line) => line.trim()).filter((line) => line !== '')
  const cased = lowerCase ? given.map((word) => word.toLowerCase()) : given
  const spelled = letters === 'a-z' ? cased.filter((word) => /^[a-z]+$/.test(word)) : cased
  const sized = spelled.filter((word) => {
    const length = [...word].length
    return length >= minimumLength && length <= maximumLength
  })
  const words = [...new Set(sized)]
  if (words.length === 0) {
    throw new TapeloopError(
      `cleanWords: of ${given.length} words none is left (${spelled.length} pass letters "${letters}", ` +
        `${sized.length} of these the lengths); give other words or looser options.`,
    )
  }
  return {
    words,
    changes: [
      { step: 'lower-case', changed: given.filter((word, i) => word !== cased[i]).length, unit: 'words' },
      { step: 'letters', changed: cased.length - spelled.length, unit: 'words left out' },
      { step: 'length', changed: spelled.length - sized.length, unit: 'words left out' },
      { step: 'duplicates', changed: sized.length - words.length, unit: 'words left out' },
    ],
  }
}

/**
 * Each word as the sequence `start`, its tokens, `end`: a model of such sequences learns where words begin and stop.
 *
 * @param tokenizer one with the special tokens `start` and `end`.
 * @returns Int32Array [tokens of the word + 2] each.
 * @throws when the tokenizer lacks `start` or `end`, or does not know a character.
 */
export function wordSequences(words: readonly string[], tokenizer: Tokenizer): Int32Array[] {
  const { start, end } = tokenizer.special
  if (start === undefined || end === undefined) {
    throw new TapeloopError(
      `wordSequences: the tokenizer has no special token "${start === undefined ? 'start' : 'end'}"; ` +
        `train it with special: ['start', 'end'].`,
    )
  }
  return words.map((word) => {
    const { ids } = tokenizer.encode(word)
    const sequence = new Int32Array(ids.length + 2).fill(start, 0, 1).fill(end, -1)
    sequence.set(ids, 1)
    return sequence
  })
}
