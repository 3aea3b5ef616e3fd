/**
 * Text as bytes and back. It is UTF-8, but for lone surrogates, which UTF-8 cannot write: they become the three bytes
 * that their code point would have (WTF-8, Sapin 2016), so that every JavaScript string comes back as it was.
 */

/** The bytes of a text. */
export function encodeWtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length)
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!
    if (code < 0x80) {
      bytes[length++] = code
      continue
    }
    if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >> 6)
    } else {
      if (code < 0x10000) {
        bytes[length++] = 0xe0 | (code >> 12)
      } else {
        i++
        bytes[length++] = 0xf0 | (code >> 18)
        bytes[length++] = 0x80 | ((code >> 12) & 63)
      }
      bytes[length++] = 0x80 | ((code >> 6) & 63)
    }
    bytes[length++] = 0x80 | (code & 63)
  }
  return bytes.subarray(0, length)
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of bytes. What is no text becomes U+FFFD, as the Encoding Standard counts it. */
export function decodeWtf8(bytes: Uint8Array): string {
  const parts: string[] = []
  let start = 0
  for (let i = bytes.indexOf(0xed); i >= 0; i = bytes.indexOf(0xed, i + 1)) {
    const [second, third] = [bytes[i + 1] ?? 0, bytes[i + 2] ?? 0]
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue
    parts.push(
      utf8.decode(bytes.subarray(start, i)),
      String.fromCharCode(0xd000 | ((second & 63) << 6) | (third & 63)),
    )
    start = i + 3
  }
  return parts.join('') + utf8.decode(bytes.subarray(start))
}

/** How many of the last bytes begin a character that is not whole yet. */
export function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte < 0xc0) continue
    const needed = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return back < needed ? back : 0
  }
  return 0
}
