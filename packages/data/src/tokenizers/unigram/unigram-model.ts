import type { IdList } from '../ids.js'
import { byteOfName, nameOfByte } from '../subwords/byte-alphabet.js'
import type { SubwordModel } from '../subwords/subwords.js'
import { encodeWtf8 } from '../wtf8.js'
import { bestPath } from './best-path.js'
import { codePointsOf, trieOf } from './trie.js'

/** A unigram language model: plain JSON. */
export interface UnigramRecord {
  /** The tokens by their ids; null where only an added or a special token has the id. */
  readonly tokens: readonly (string | null)[]
  /** [tokens]: the logarithms of their probabilities. */
  readonly scores: readonly number[]
  /** Write what is no token as its bytes, by the tokens `<0x00>` to `<0xFF>`. */
  readonly byteFallback: boolean
}

/** How much worse than the worst token a code point is that no token has, as in SentencePiece. */
const unknownPenalty = 10

export function unigramModel({ tokens, scores, byteFallback }: UnigramRecord): SubwordModel {
  const bytes = tokens.map((token) => (byteFallback && token !== null ? byteOfName(token) : undefined))
  // the name of a byte is no text to be found
  const trie = trieOf(
    tokens.map((token, id) => codePointsOf(bytes[id] === undefined && token !== null ? token : '')),
  )
  const own = Float64Array.from(scores)
  const unknownScore = own.reduce((a, b) => Math.min(a, b), 0) - unknownPenalty
  const byteIds = byteFallback
    ? Array.from({ length: 256 }, (_, byte) => tokens.indexOf(nameOfByte(byte)))
    : []
  const hasBytes = byteFallback && !byteIds.includes(-1)

  function encode(piece: string, ids: IdList): void {
    const codePoints = codePointsOf(piece)
    const path = bestPath(codePoints, trie, own, unknownScore)
    let place = 0
    let unknown = ''
    const finishUnknown = (): void => {
      if (unknown === '') return
      if (!hasBytes) ids.pushUnknown(unknown)
      else for (const byte of encodeWtf8(unknown)) ids.push(byteIds[byte]!)
      unknown = ''
    }
    path.tokens.forEach((token, i) => {
      if (token < 0) {
        unknown += String.fromCodePoint(codePoints[place]!)
      } else {
        finishUnknown()
        ids.push(token)
      }
      place += path.lengths[i]!
    })
    finishUnknown()
  }

  return {
    tokens: tokens.map((token, id) => {
      const byte = bytes[id]
      return byte === undefined ? (token ?? undefined) : Uint8Array.of(byte)
    }),
    encode,
  }
}
