import { decodeAll, idDecoder, tokenOf } from './decoding.js'
import { listAt } from './fields.js'
import { listSpecial, numberSpecial, textOfSpecial } from './special.js'
import { codePoints } from './splitters.js'
import {
  tokenizerFormat,
  tokenizerVersion,
  type SpecialToken,
  type Tokenizer,
  type TokenizerKind,
} from './tokenizer.js'
import { encodeWtf8 } from './wtf8.js'

/** Options of the byte tokenizer. */
export interface ByteOptions {
  /** Special tokens, whose ids follow from 256 on; none unless said. */
  readonly special?: readonly SpecialToken[]
}

/**
 * One token a byte of UTF-8: 256 ids, nothing to learn, and no text that is unknown. A lone surrogate, which UTF-8 cannot
 * write, becomes the three bytes that its code point would have (WTF-8), so every string comes back as it was.
 *
 * @example bytes.train('').encode('é').ids // Int32Array [195, 169]
 */
export const bytes: TokenizerKind<ByteOptions> = {
  type: 'bytes',
  train: (_texts, { special = [] } = {}) => byteTokenizer(special),
  fromJSON: (record) => byteTokenizer(listAt(record, 'special')),
}

function byteTokenizer(special: readonly unknown[]): Tokenizer {
  const specialIds = numberSpecial(special, 256)
  const names = listSpecial(specialIds)
  const tokens = [...singleBytes(), ...names.map(textOfSpecial)]
  return {
    type: bytes.type,
    size: tokens.length,
    special: specialIds,
    encode: (text) => ({ ids: Int32Array.from(encodeWtf8(text)), unknown: 0 }),
    decode: (ids) => decodeAll(idDecoder(tokens), ids),
    decoder: () => idDecoder(tokens),
    token: (id) => tokenOf(tokens, id),
    lastCut: codePoints.lastCut,
    toJSON: () => ({ format: tokenizerFormat, version: tokenizerVersion, type: bytes.type, special: names }),
  }
}

/** Each of the 256 bytes. */
function singleBytes(): Uint8Array[] {
  return Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte))
}
