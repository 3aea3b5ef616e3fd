import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import { decodeAll, idDecoder, tokenOf } from './decoding.js'
import { idList } from './ids.js'
import { listSpecial, numberSpecial, textOfSpecial } from './special.js'
import type { Splitter } from './splitters.js'
import {
  tokenizerFormat,
  tokenizerVersion,
  type Encoded,
  type EncodeOptions,
  type Tokenizer,
} from './tokenizer.js'

/** A tokenizer that looks whole pieces up in a list. */
export interface VocabularyRecord {
  /** The kind, as it is saved. */
  readonly type: string
  /** What a piece is called in errors, in the plural: `characters`, ... It is the list's key in the record, too. */
  readonly units: string
  readonly splitter: Splitter
  /** The texts of the tokens, checked, each different: an id is a position. */
  readonly list: readonly string[]
  /** Special tokens, whose ids follow. */
  readonly special: readonly unknown[]
  /** The id of a piece, -1 where there is none; a map is made unless said. */
  readonly idOf?: (piece: string) => number
  /** What the record says besides. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** The tokenizer over a list of texts. */
export function vocabularyTokenizer({
  type,
  units,
  splitter,
  list,
  special,
  idOf = idsBy(list),
  more = {},
}: VocabularyRecord): Tokenizer {
  const specialIds = numberSpecial(special, list.length)
  const names = listSpecial(specialIds)
  const tokens = [...list, ...names.map(textOfSpecial)]

  function encode(text: string, options?: EncodeOptions): Encoded {
    const ids = idList(specialIds.unknown, options)
    for (const piece of splitter.pieces(text)) {
      const id = idOf(piece)
      if (id >= 0) ids.push(id)
      else ids.pushUnknown(piece)
    }
    return ids.finish(units, list.length)
  }

  return {
    type,
    size: tokens.length,
    special: specialIds,
    encode,
    decode: (ids) => decodeAll(idDecoder(tokens), ids),
    decoder: () => idDecoder(tokens),
    token: (id) => tokenOf(tokens, id),
    lastCut: splitter.lastCut,
    toJSON: () => ({
      format: tokenizerFormat,
      version: tokenizerVersion,
      type,
      ...more,
      [units]: tokens.slice(0, list.length),
      special: names,
    }),
  }
}

function idsBy(list: readonly string[]): (piece: string) => number {
  const ids = new Map(list.map((text, id) => [text, id]))
  return (piece) => ids.get(piece) ?? -1
}

/** How often each piece comes in the texts, in the order of their first coming. */
export function countPieces(texts: string | Iterable<string>, splitter: Splitter): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of typeof texts === 'string' ? [texts] : texts) {
    for (const piece of splitter.pieces(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1)
  }
  return counts
}

/** How a vocabulary by frequency is cut. */
export interface VocabularyLimits {
  /** Leave out what comes less often; 1 unless said. */
  readonly minimumCount?: number
  /** Keep this many of the most frequent; no limit unless said. */
  readonly maximumSize?: number
}

/** The most frequent pieces first; what is equally frequent is ordered by its code points. */
export function mostFrequent(
  counts: ReadonlyMap<string, number>,
  { minimumCount = 1, maximumSize = Infinity }: VocabularyLimits,
): string[] {
  return [...counts]
    .filter(([, count]) => count >= minimumCount)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, maximumSize)
    .map(([piece]) => piece)
}

/** Checks a list of different texts from a record, by what its entries are called. */
export function checkTexts(list: readonly unknown[], unit: string): string[] {
  if (list.length === 0) {
    throw new TapeloopError(`A ${unit} vocabulary needs at least one ${unit}, but the text has none.`)
  }
  const seen = new Set<string>()
  const capital = `${unit[0]!.toUpperCase()}${unit.slice(1)}`
  return list.map((entry, id) => {
    if (typeof entry !== 'string' || entry === '') {
      throw new TapeloopError(
        `${capital} ${id} of the vocabulary must be a text of at least one character, but it is ${show(entry)}.`,
      )
    }
    if (seen.has(entry)) {
      throw new TapeloopError(
        `${capital} ${show(entry)} is in the vocabulary twice, the second time with id ${id}.`,
      )
    }
    seen.add(entry)
    return entry
  })
}
