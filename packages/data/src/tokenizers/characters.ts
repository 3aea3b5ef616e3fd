import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import {
  tokenizerFormat,
  tokenizerVersion,
  type EncodeOptions,
  type Encoded,
  type SpecialToken,
  type Tokenizer,
  type TokenizerKind,
} from './tokenizer.js'

/** Options of the character tokenizer. */
export interface CharacterOptions {
  /** Special tokens, whose ids follow those of the characters in the order given; none unless said. */
  readonly special?: readonly SpecialToken[]
}

/** The special tokens there are, in the order in which errors name them. */
const specialTokens: readonly SpecialToken[] = ['unknown', 'start', 'end']

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
    const codePoints = new Set<number>()
    for (const text of typeof texts === 'string' ? [texts] : texts) {
      for (const character of text) codePoints.add(character.codePointAt(0)!)
    }
    const sorted = [...codePoints].toSorted((a, b) => a - b)
    return characterTokenizer(
      sorted.map((codePoint) => String.fromCodePoint(codePoint)),
      special,
    )
  },
  fromJSON(record) {
    const { characters: list, special } = record
    if (!Array.isArray(list)) {
      throw new TapeloopError(`tokenizer.json: characters must be a list, but it is ${show(list)}.`)
    }
    if (!Array.isArray(special)) {
      throw new TapeloopError(`tokenizer.json: special must be a list, but it is ${show(special)}.`)
    }
    return characterTokenizer(list, special)
  },
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
  const codePoints = checkCharacters(list)
  const specialIds = checkSpecial(special, list.length)
  const unknownId = specialIds.unknown ?? -1
  const ids = idTable(codePoints)
  const texts = [...list, ...special.map((name) => (name === 'unknown' ? '\uFFFD' : ''))]

  function encode(text: string, { skipUnknown = false }: EncodeOptions = {}): Encoded {
    const result = new Int32Array(text.length)
    let count = 0
    let unknown = 0
    let position = 0
    let first: { character: string; position: number } | undefined
    for (const character of text) {
      const id = ids[character.codePointAt(0)!] ?? -1
      if (id >= 0) {
        result[count++] = id
      } else {
        unknown++
        first ??= { character, position }
        if (!skipUnknown && unknownId >= 0) result[count++] = unknownId
      }
      position++
    }
    if (first !== undefined && unknownId < 0 && !skipUnknown) {
      throw new TapeloopError(
        `encode: ${unknown} of ${position} characters are not in the vocabulary of ${codePoints.length}, the first is ` +
          `${JSON.stringify(first.character)} (${codePointName(first.character)}) at position ${first.position}; ` +
          `pass skipUnknown to leave them out, or train the tokenizer with the special token "unknown".`,
      )
    }
    return { ids: result.slice(0, count), unknown }
  }

  function decode(tokens: Iterable<number>): string {
    const parts: string[] = []
    for (const id of tokens) {
      const text = texts[id]
      if (text === undefined) {
        throw new TapeloopError(
          `decode: id ${id} at position ${parts.length} is none of the ${texts.length} ids of this tokenizer; ` +
            `use the tokenizer that belongs to the model.`,
        )
      }
      parts.push(text)
    }
    return parts.join('')
  }

  return {
    type: characters.type,
    size: texts.length,
    special: specialIds,
    encode,
    decode,
    toJSON: () => ({
      format: tokenizerFormat,
      version: tokenizerVersion,
      type: characters.type,
      characters: texts.slice(0, codePoints.length),
      special: Object.keys(specialIds),
    }),
  }
}

function checkCharacters(list: readonly unknown[]): number[] {
  if (list.length === 0) {
    throw new TapeloopError('A character vocabulary needs at least one character, but the text has none.')
  }
  const seen = new Set<number>()
  return list.map((entry, id) => {
    const codePoint = typeof entry === 'string' ? entry.codePointAt(0) : undefined
    if (codePoint === undefined || String.fromCodePoint(codePoint) !== entry) {
      throw new TapeloopError(
        `Character ${id} of the vocabulary must be one code point, but it is ${show(entry)}.`,
      )
    }
    if (seen.has(codePoint)) {
      throw new TapeloopError(
        `Character ${show(entry)} is in the vocabulary twice, the second time with id ${id}.`,
      )
    }
    seen.add(codePoint)
    return codePoint
  })
}

function checkSpecial(special: readonly unknown[], firstId: number): Partial<Record<SpecialToken, number>> {
  const result: Partial<Record<SpecialToken, number>> = {}
  special.forEach((entry, i) => {
    const name = specialTokens.find((known) => known === entry)
    if (name === undefined) {
      throw new TapeloopError(`Unknown special token ${show(entry)}; there are ${specialTokens.join(', ')}.`)
    }
    if (result[name] !== undefined) throw new TapeloopError(`Special token "${name}" is listed twice.`)
    result[name] = firstId + i
  })
  return result
}

/** From code point to id, -1 where there is none: indexing is several times faster than a map on a long text. */
function idTable(codePoints: readonly number[]): Int32Array {
  const largest = codePoints.reduce((a, b) => Math.max(a, b))
  const table = new Int32Array(largest + 1).fill(-1)
  codePoints.forEach((codePoint, id) => (table[codePoint] = id))
  return table
}

function codePointName(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}
