import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import type { Encoded, EncodeOptions } from './tokenizer.js'

/** Collects the ids of a text, and what of it is not in the vocabulary. */
export interface IdList {
  push(id: number): void
  /** Notes a part of the text that has no id, and puts the token `unknown` in its place where there is one. */
  pushUnknown(piece: string): void
  /**
   * The ids.
   *
   * @param units what is looked up, in the plural, and how many the vocabulary has
   * @throws when something is unknown, there is no token for it, and it is not to be skipped
   */
  finish(units: string, size: number): Encoded
}

export function idList(unknownId: number | undefined, { skipUnknown = false }: EncodeOptions = {}): IdList {
  let ids = new Int32Array(64)
  let count = 0
  let position = 0
  let unknown = 0
  let first: { piece: string; position: number } | undefined

  function push(id: number): void {
    if (count === ids.length) {
      const larger = new Int32Array(2 * count)
      larger.set(ids)
      ids = larger
    }
    ids[count++] = id
    position++
  }

  return {
    push,
    pushUnknown(piece) {
      unknown++
      first ??= { piece, position }
      if (!skipUnknown && unknownId !== undefined) push(unknownId)
      else position++
    },
    finish(units, size) {
      if (first !== undefined && unknownId === undefined && !skipUnknown) {
        throw new TapeloopError(
          `encode: ${unknown} of ${position} ${units} are not in the vocabulary of ${size}, the first is ` +
            `${nameOf(first.piece)} at position ${first.position}; ` +
            `pass skipUnknown to leave them out, or train the tokenizer with the special token "unknown".`,
        )
      }
      return { ids: ids.slice(0, count), unknown }
    },
  }
}

/** A text as errors show it, with its code point where it is one. */
function nameOf(piece: string): string {
  const codePoint = piece.codePointAt(0)!
  const isOne = String.fromCodePoint(codePoint) === piece
  const code = isOne ? ` (U+${codePoint.toString(16).toUpperCase().padStart(4, '0')})` : ''
  return `${show(piece)}${code}`
}
