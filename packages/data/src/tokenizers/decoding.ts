import { TapeloopError } from '@tapeloop/core'
import type { IdDecoder } from './tokenizer.js'
import { decodeWtf8, unfinishedBytes } from './wtf8.js'

/** How tokens are put together. */
export interface Joining {
  /** What stands between tokens. */
  readonly between: string
  /** Leave out one space at the start of the text, which encoding put there. */
  readonly dropsFirstSpace: boolean
}

/** One after the other. */
export const plainJoining: Joining = { between: '', dropsFirstSpace: false }

/** A decoder over the tokens of a tokenizer: bytes that follow one another are one text. */
export function idDecoder(
  tokens: readonly (string | Uint8Array)[],
  { between, dropsFirstSpace }: Joining = plainJoining,
): IdDecoder {
  const bytes = byteQueue()
  let position = 0
  const textAfter = (id: number): string => {
    const token = tokens[id] ?? refuseId(id, position, tokens.length)
    if (typeof token !== 'string') return bytes.push(token)
    return bytes.end() + (position > 0 ? between : '') + token
  }
  return {
    push(id) {
      const text = textAfter(id)
      const isFirst = position++ === 0
      return isFirst && dropsFirstSpace && text.startsWith(' ') ? text.slice(1) : text
    },
    end: bytes.end,
  }
}

/** The whole text of ids. */
export function decodeAll(decoder: IdDecoder, ids: Iterable<number>): string {
  const parts: string[] = []
  for (const id of ids) parts.push(decoder.push(id))
  parts.push(decoder.end())
  return parts.join('')
}

/** One of the tokens by its id. */
export function tokenOf(tokens: readonly (string | Uint8Array)[], id: number): string | Uint8Array {
  return tokens[id] ?? refuseId(id, 0, tokens.length)
}

function refuseId(id: number, position: number, size: number): never {
  throw new TapeloopError(
    `decode: id ${id} at position ${position} is none of the ${size} ids of this tokenizer; ` +
      `use the tokenizer that belongs to the model.`,
  )
}

/** Bytes that wait until they are whole characters. */
function byteQueue(): { push(more: Uint8Array): string; end(): string } {
  let bytes = new Uint8Array(64)
  let length = 0
  const take = (count: number): string => {
    if (count === 0) return ''
    const text = decodeWtf8(bytes.subarray(0, count))
    bytes.copyWithin(0, count, length)
    length -= count
    return text
  }
  return {
    push(more) {
      if (length + more.length > bytes.length) {
        const larger = new Uint8Array(2 * (length + more.length))
        larger.set(bytes.subarray(0, length))
        bytes = larger
      }
      bytes.set(more, length)
      length += more.length
      return take(length - unfinishedBytes(bytes.subarray(0, length)))
    },
    end: () => take(length),
  }
}
