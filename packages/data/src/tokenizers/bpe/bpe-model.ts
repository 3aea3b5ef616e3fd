import { TapeloopError } from '@tapeloop/core'
import { show } from '../../check.js'
import type { IdList } from '../ids.js'
import { byteOfName, nameOfByte, parseBytes, printBytes } from '../subwords/byte-alphabet.js'
import { pairTable } from '../subwords/pair-table.js'
import type { SubwordModel } from '../subwords/subwords.js'
import { encodeWtf8 } from '../wtf8.js'
import { mergeTable } from './apply-merges.js'
import type { Merge } from './learn-merges.js'

/** A model of byte-pair encoding: plain JSON. */
export interface BpeRecord {
  /** What merges begin with: the bytes of the text, printed as GPT-2 does, or its code points. */
  readonly alphabet: 'bytes' | 'characters'
  /** The tokens by their ids; null where only an added or a special token has the id. */
  readonly tokens: readonly (string | null)[]
  /** In order: what comes first is merged first. */
  readonly merges: readonly Merge[]
  /** Write a character that is no token as its bytes, by the tokens `<0x00>` to `<0xFF>`. */
  readonly byteFallback: boolean
  /** A piece that is a token is that token, whatever the merges make of it. */
  readonly wholeFirst: boolean
  /** What is unknown and follows one another is one `unknown`. */
  readonly joinsUnknown: boolean
}

/**
 * The model of a record.
 *
 * @throws one sentence where a merge does not make the token that it says
 */
export function bpeModel({
  alphabet,
  tokens,
  merges,
  byteFallback,
  wholeFirst,
  joinsUnknown,
}: BpeRecord): SubwordModel {
  checkMerges(tokens, merges)
  const table = mergeTable(merges)
  const ids = new Map<string, number>()
  // of two tokens with one text the first is the one that no merge is needed for
  tokens.forEach((token, id) => token !== null && !ids.has(token) && ids.set(token, id))
  const byteIds = Int32Array.from({ length: 256 }, (_, byte) => idOfByte(byte))
  const hasAllBytes = alphabet === 'bytes' && !byteIds.includes(-1)

  function idOfByte(byte: number): number {
    return ids.get(alphabet === 'bytes' ? printBytes(Uint8Array.of(byte)) : nameOfByte(byte)) ?? -1
  }

  /** The ids of the smallest parts of a piece; a text where one has none. */
  function* partsOf(piece: string): Generator<number | string, void> {
    for (const character of piece) {
      const id = alphabet === 'characters' ? ids.get(character) : undefined
      if (id !== undefined) {
        yield id
        continue
      }
      const bytes = alphabet === 'bytes' || byteFallback ? encodeWtf8(character) : []
      const found = Array.from(bytes, (byte) => byteIds[byte]!)
      if (found.length > 0 && !found.includes(-1)) yield* found
      else yield character
    }
  }

  function meaning(token: string | null): string | Uint8Array | undefined {
    if (token === null) return undefined
    if (alphabet === 'bytes') return parseBytes(token) ?? token
    const byte = byteFallback ? byteOfName(token) : undefined
    return byte === undefined ? token : Uint8Array.of(byte)
  }

  function pushMerged(run: Int32Array, list: IdList): void {
    const count = table.apply(run, run.length)
    for (let i = 0; i < count; i++) list.push(run[i]!)
  }

  function encode(piece: string, list: IdList): void {
    const whole = wholeFirst
      ? ids.get(alphabet === 'bytes' ? printBytes(encodeWtf8(piece)) : piece)
      : undefined
    if (whole !== undefined) return list.push(whole)
    if (hasAllBytes) {
      const run = Int32Array.from(encodeWtf8(piece))
      for (let i = 0; i < run.length; i++) run[i] = byteIds[run[i]!]!
      return pushMerged(run, list)
    }
    let run: number[] = []
    let wasUnknown = false
    for (const part of partsOf(piece)) {
      if (typeof part === 'number') {
        run.push(part)
      } else {
        pushMerged(Int32Array.from(run), list)
        run = []
        if (!wasUnknown || !joinsUnknown) list.pushUnknown(part)
      }
      wasUnknown = typeof part !== 'number'
    }
    pushMerged(Int32Array.from(run), list)
  }

  return { tokens: tokens.map(meaning), encode }
}

function checkMerges(tokens: BpeRecord['tokens'], merges: readonly Merge[]): void {
  const seen = pairTable(merges.length)
  merges.forEach(([left, right, id], rank) => {
    const [a, b, made] = [tokens[left], tokens[right], tokens[id]]
    if (typeof a !== 'string' || typeof b !== 'string' || made !== a + b) {
      throw new TapeloopError(
        `Merge ${rank} must make one token of two, but ${show(a ?? left)} and ${show(b ?? right)} do not make ${show(made ?? id)}.`,
      )
    }
    if (seen.get(left, right) >= 0) {
      throw new TapeloopError(
        `Merge ${rank} (${show(a)} and ${show(b)}) is merge ${seen.get(left, right)} again.`,
      )
    }
    seen.set(left, right, rank)
  })
}
