/**
 * Bytes as printable characters, which is how GPT-2 and Hugging Face's files write tokens of bytes: bytes that are
 * visible in Latin-1 stand for themselves, and the others, in order, for the characters from U+0100 on.
 */
const characterOfByte: readonly string[] = (() => {
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => {
    const isVisible = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad)
    return String.fromCharCode(isVisible ? byte : next++)
  })
})()

const byteOfCharacter: ReadonlyMap<string, number> = new Map(
  characterOfByte.map((character, byte) => [character, byte]),
)

/** Bytes as printable characters. */
export function printBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => characterOfByte[byte]!).join('')
}

/** The bytes of printable characters; null where one stands for none. */
export function parseBytes(text: string): Uint8Array | null {
  const bytes = Array.from(text, (character) => byteOfCharacter.get(character) ?? -1)
  return bytes.includes(-1) ? null : Uint8Array.from(bytes)
}

/** The name of a token that stands for one byte beside tokens of text, as SentencePiece writes it. */
export function nameOfByte(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`
}

const namesOfBytes: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 256 }, (_, byte) => [nameOfByte(byte), byte]),
)

/** The byte that a token's name stands for; undefined where it is a text. */
export function byteOfName(token: string): number | undefined {
  return namesOfBytes.get(token)
}
