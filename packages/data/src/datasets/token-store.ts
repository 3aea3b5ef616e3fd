import { TapeloopError } from '@tapeloop/core'
import { checkWhole } from '../check.js'
import { chunksOf, joined, type ByteSource } from '../sources/byte-source.js'
import { decodeText } from '../text/text.js'
import type { Tokenizer } from '../tokenizers/tokenizer.js'
import { growingNumbers } from '../sources/growing-numbers.js'

/** Tokens that can be read at any place, however many there are. */
export interface TokenStore {
  readonly length: number
  /** The tokens from `start` to before `end`, which lie within the length. */
  read(start: number, end: number): Promise<Int32Array>
}

/** As many tokens of pieces read last are kept: 32 MiB. */
const keptTokens = 2 ** 23

/**
 * The tokens of a text of any size. The text is read once, piece by piece, to count them; then any place of it is read and
 * tokenized again when it is asked for, so memory does not grow with the text. Pieces of about 64 KiB end where lines end, and are
 * tokenized one by one; text is decoded as `decodeText` does.
 *
 * @throws one sentence when the file cannot be read, or is UTF-16.
 */
export async function tokenFile(
  source: ByteSource,
  tokenizer: Pick<Tokenizer, 'encode'>,
): Promise<TokenStore> {
  const encode = (bytes: Uint8Array) => tokenizer.encode(decodeText(bytes, { name: source.name }).text).ids
  /** The byte and the token at which each piece begins, and where the last ends. */
  const bytes = growingNumbers()
  const tokens = growingNumbers()
  let [byte, token] = [0, 0]
  for await (const piece of piecesOf(source)) {
    bytes.push(byte)
    tokens.push(token)
    byte += piece.length
    token += encode(piece).length
  }
  const starts = { bytes: bytes.take(), tokens: tokens.take() }
  const length = token
  const kept = new Map<number, Promise<Int32Array>>()

  function pieceAt(piece: number): Promise<Int32Array> {
    const known = kept.get(piece)
    // what was used last comes last
    kept.delete(piece)
    const read =
      known ?? source.read(starts.bytes[piece]!, starts.bytes[piece + 1] ?? source.size).then(encode)
    kept.set(piece, read)
    const most = Math.max(4, Math.ceil((keptTokens / Math.max(1, length)) * starts.bytes.length))
    if (kept.size > most) kept.delete(kept.keys().next().value!)
    return read
  }

  return {
    length,
    async read(start, end) {
      checkRange(start, end, length)
      const found = new Int32Array(end - start)
      for (let at = start; at < end;) {
        const piece = placeIn(starts.tokens, at)
        const first = starts.tokens[piece]!
        const ids = (await pieceAt(piece)).subarray(at - first, end - first)
        if (ids.length === 0) {
          throw new TapeloopError(
            `"${source.name}" has changed since its tokens were counted; begin again with the file as it is now.`,
          )
        }
        found.set(ids, at - start)
        at += ids.length
      }
      return found
    },
  }
}

/** A store over tokens in memory. */
export function tokensInMemory(tokens: Int32Array): TokenStore {
  return {
    length: tokens.length,
    async read(start, end) {
      checkRange(start, end, tokens.length)
      return tokens.slice(start, end)
    },
  }
}

/** A text cut after a line of each 64 KiB, or within it where no line ends there, but never within a character. */
async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array, void> {
  let rest: Uint8Array = new Uint8Array()
  for await (const chunk of chunksOf(source)) {
    const bytes = rest.length === 0 ? chunk : joined([rest, chunk])
    const cut = bytes.lastIndexOf(10) + 1 || wholeCharacters(bytes)
    yield bytes.subarray(0, cut)
    rest = bytes.slice(cut)
  }
  if (rest.length > 0) yield rest
}

/** How many bytes come before a character that may go on after the end. */
function wholeCharacters(bytes: Uint8Array): number {
  let cut = bytes.length - 1
  while (cut > 0 && cut > bytes.length - 4 && (bytes[cut]! & 0xc0) === 0x80) cut--
  return cut > 0 ? cut : bytes.length
}

/** The last place at which a start is at most `value`. */
function placeIn(starts: Float64Array, value: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (starts[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}

function checkRange(start: number, end: number, length: number): void {
  checkWhole('tokens', 'start', start, 0)
  checkWhole('tokens', 'end', end, start)
  if (end > length) {
    throw new TapeloopError(`tokens: there are ${length}, but those up to ${end} were asked for.`)
  }
}
