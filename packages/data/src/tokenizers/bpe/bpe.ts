import { checkWhole } from '../../check.js'
import { checkId, choiceAt, flagAt, listAt, refuseField, tokensAt, type Fields } from '../fields.js'
import { numberSpecial } from '../special.js'
import { printBytes } from '../subwords/byte-alphabet.js'
import { parseSurroundings } from '../subwords/surroundings.js'
import { plainSurroundings, subwordTokenizer, type Surroundings } from '../subwords/subwords.js'
import { countSubwordPieces, type SubwordOptions } from '../subwords/training.js'
import { tokenizerFormat, tokenizerVersion, type Tokenizer, type TokenizerKind } from '../tokenizer.js'
import { encodeWtf8 } from '../wtf8.js'
import { bpeModel, type BpeRecord } from './bpe-model.js'
import { learnMerges, type Merge } from './learn-merges.js'

/** Options of byte-pair encoding. */
export interface BpeOptions extends SubwordOptions {
  /** Stop where the most frequent pair of neighbours comes less often; 2 unless said. */
  readonly minimumCount?: number
  /**
   * Of a merge that makes the text of a token there is already (a + bc after ab + c): `share` gives it that token's id, as
   * Hugging Face's files need it (the default); `new` gives every merge an id of its own.
   */
  readonly sameText?: 'share' | 'new'
}

/**
 * Byte-pair encoding over bytes (Sennrich, Haddow & Birch 2016; Radford et al. 2019): ids 0 to 255 are the bytes, every
 * further one joins two that often stand together. Nothing is unknown, and every string comes back as it was.
 *
 * @example bpe.train('low low lower lowest', { size: 259 }).encode('slow').ids // Int32Array [115, 257]
 */
export const bpe: TokenizerKind<BpeOptions> = {
  type: 'bpe',
  train(texts, options = {}) {
    const {
      size = 8192,
      minimumCount = 2,
      sameText = 'share',
      special = [],
      added = [],
      onProgress,
    } = options
    const others = special.length + added.length
    checkWhole('bpe', 'size', size, 256 + others)
    checkWhole('bpe', 'minimumCount', minimumCount, 1)
    const { around, pieces } = countSubwordPieces('bpe', texts, options)
    const tokens = Array.from({ length: 256 }, (_, byte) => printBytes(Uint8Array.of(byte)))
    const ids = new Map(tokens.map((token, id) => [token, id]))
    const merges = learnMerges({
      pieces: pieces.map(([piece, count]) => [encodeWtf8(piece), count] as const),
      isDone: () => tokens.length >= size - others,
      minimumCount,
      idOf(left, right) {
        const text = tokens[left]! + tokens[right]!
        const known = sameText === 'share' ? ids.get(text) : undefined
        if (known !== undefined) return known
        ids.set(text, tokens.length)
        return tokens.push(text) - 1
      },
      onMerge: () => onProgress?.((tokens.length - 256) / Math.max(1, size - others - 256)),
    })
    onProgress?.(1)
    return bpeTokenizer(
      { alphabet: 'bytes', tokens, merges, byteFallback: false, wholeFirst: false, joinsUnknown: false },
      {
        ...plainSurroundings,
        ...around,
        added: added.map((text, i) => ({ text, id: tokens.length + i })),
        special: numberSpecial(special, tokens.length + added.length),
      },
    )
  },
  fromJSON: (record) => bpeTokenizer(parseBpe(record), parseSurroundings(record)),
}

/** Reads the model of a saved tokenizer. */
export function parseBpe(record: Fields): BpeRecord {
  return {
    alphabet: choiceAt(record, 'alphabet', ['bytes', 'characters']),
    tokens: tokensAt(record),
    merges: listAt(record, 'merges').map(parseMerge),
    byteFallback: flagAt(record, 'byteFallback'),
    wholeFirst: flagAt(record, 'wholeFirst'),
    joinsUnknown: flagAt(record, 'joinsUnknown'),
  }
}

/** The tokenizer of a model of byte-pair encoding. */
export function bpeTokenizer(record: BpeRecord, around: Surroundings): Tokenizer {
  return subwordTokenizer(bpe.type, bpeModel(record), around, () => ({
    format: tokenizerFormat,
    version: tokenizerVersion,
    type: bpe.type,
    ...record,
    ...around,
  }))
}

function parseMerge(value: unknown, rank: number): Merge {
  if (!Array.isArray(value) || value.length !== 3) refuseField(`merge ${rank}`, 'a list of three ids', value)
  const [left, right, id] = value.map((one) => checkId(`merge ${rank}`, one))
  return [left!, right!, id!]
}
