import { TapeloopError } from '@tapeloop/core'
import { clean, type Cleaned } from './cleaning.js'

/** How bytes become text. */
export interface DecodeOptions {
  /** `lf` makes CRLF and CR into LF (the default), `keep` leaves them as they are. */
  readonly lineEnds?: 'lf' | 'keep'
  /** What errors call the text; `The text` unless said. */
  readonly name?: string
}

/**
 * Decodes UTF-8 bytes, whatever they are, and reports what was not plain text:
 *
 * - a byte order mark at the start is dropped (`byte-order-mark`, 0 or 1);
 * - each invalid sequence becomes one U+FFFD, as the Encoding Standard counts them (`invalid-utf8`);
 *   a U+FFFD that was in the file stays and is not counted;
 * - CRLF and a CR alone become LF (`line-ends`), unless `lineEnds` is `keep`.
 *
 * @throws when the bytes begin with the mark of UTF-16, or are too many for one string (about half a billion characters).
 */
export function decodeText(
  bytes: Uint8Array,
  { lineEnds = 'lf', name = 'The text' }: DecodeOptions = {},
): Cleaned {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new TapeloopError(`${name} is UTF-16, but UTF-8 is expected; save it as UTF-8 first.`)
  }
  const hasMark = first === 0xef && second === 0xbb && bytes[2] === 0xbf
  const body = hasMark ? bytes.subarray(3) : bytes
  const decoded = decode(body, name)
  const { text, changes } = clean(decoded, lineEnds === 'lf' ? [{ name: 'line-ends' }] : [])
  return {
    text,
    changes: [
      { step: 'byte-order-mark', changed: hasMark ? 1 : 0, unit: 'marks' },
      {
        step: 'invalid-utf8',
        changed: countReplacementCharacters(decoded) - countEncodedReplacements(body),
        unit: 'sequences',
      },
      // an example of a line end shows nothing
      ...changes.map(({ step, changed, unit }) => ({ step, changed, unit })),
    ],
  }
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  } catch (error) {
    // without `fatal`, the only thing that fails is making a string beyond the engine's largest
    throw new TapeloopError(`${name} has ${bytes.length} bytes, too many for one string; split it.`, {
      cause: error,
    })
  }
}

function countReplacementCharacters(text: string): number {
  let count = 0
  for (let i = text.indexOf('\uFFFD'); i >= 0; i = text.indexOf('\uFFFD', i + 1)) count++
  return count
}

/** U+FFFD written as UTF-8 is EF BF BD; EF never continues another sequence, so each one is decoded as itself. */
function countEncodedReplacements(bytes: Uint8Array): number {
  let count = 0
  for (let i = bytes.indexOf(0xef); i >= 0; i = bytes.indexOf(0xef, i + 1)) {
    if (bytes[i + 1] === 0xbf && bytes[i + 2] === 0xbd) count++
  }
  return count
}
