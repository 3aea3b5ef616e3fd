import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import { listAt } from './fields.js'
import { codePoints } from './splitters.js'
import type { SpecialToken, Tokenizer, TokenizerKind } from './tokenizer.js'
import { checkTexts, vocabularyTokenizer } from './vocabulary.js'

/** Options of the character tokenizer. */
export interface CharacterOptions {
  /** Special tokens, whose ids follow those of the characters in the order given; none unless said. */
  readonly special?: readonly SpecialToken[]
}

/**
 * One token a Unicode code point. Training takes the sorted set of the code points of the texts, so that an id is
 * a position in it. A lone surrogate is a code point like any other: it is encoded, decoded and saved.
 *
 * @example
 * const tokenizer = characters.train('hello')
 * tokenizer.encode('hole').ids // Int32Array [1, 3, 2, 0]
 */
export const characters: TokenizerKind<CharacterOptions> = {
  type: 'characters',
  train(texts, { special = [] } = {}) {
    const seen = new Set<number>()
    for (const text of typeof texts === 'string' ? [texts] : texts) {
      for (const character of text) seen.add(character.codePointAt(0)!)
    }
    const sorted = [...seen].toSorted((a, b) => a - b)
    return fromList(
      sorted.map((codePoint) => String.fromCodePoint(codePoint)),
      special,
    )
  },
  fromJSON: (record) => fromList(listAt(record, 'characters'), listAt(record, 'special')),
}

/**
 * A character tokenizer over a given vocabulary: the id of a character is its position in `list`.
 *
 * @param list strings of exactly one code point, each different.
 * @param special special tokens, each at most once; their ids follow.
 * @throws when the list is empty, or an entry is no single code point, comes twice, or is no special token.
 */
export function characterTokenizer(
  list: readonly string[],
  special: readonly SpecialToken[] = [],
): Tokenizer {
  return fromList(list, special)
}

function fromList(list: readonly unknown[], special: readonly unknown[]): Tokenizer {
  list.forEach(checkCharacter)
  const checked = checkTexts(list, 'character')
  const ids = idTable(checked)
  return vocabularyTokenizer({
    type: characters.type,
    units: 'characters',
    splitter: codePoints,
    list: checked,
    special,
    idOf: (character) => ids[character.codePointAt(0)!] ?? -1,
  })
}

function checkCharacter(entry: unknown, id: number): void {
  const codePoint = typeof entry === 'string' ? entry.codePointAt(0) : undefined
  if (codePoint === undefined || String.fromCodePoint(codePoint) !== entry) {
    throw new TapeloopError(
      `Character ${id} of the vocabulary must be one code point, but it is ${show(entry)}.`,
    )
  }
}

/** From code point to id, -1 where there is none: indexing is several times faster than a map on a long text. */
function idTable(list: readonly string[]): Int32Array {
  const all = list.map((character) => character.codePointAt(0)!)
  const table = new Int32Array(all.reduce((a, b) => Math.max(a, b)) + 1).fill(-1)
  all.forEach((codePoint, id) => (table[codePoint] = id))
  return table
}
