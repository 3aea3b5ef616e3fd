import { TapeloopError } from '@tapeloop/core'
import { checkWhole } from '../check.js'

/** Bytes that can be read at any place: a file, an upload, a string. Readers take one, so that they can read twice. */
export interface ByteSource {
  /** What errors call it: a path, or what the user calls it. */
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** The bytes from `start` to before `end`; both lie within the size. */
  read(start: number, end: number): Promise<Uint8Array>
}

/** As many bytes are read at once, so that memory stays small and a file is read in few calls. */
const chunkBytes = 1 << 16

/** A source over bytes or text in memory. */
export function memorySource(content: Uint8Array | string, name = 'the text'): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return { name, size: bytes.length, read: async (start, end) => bytes.subarray(start, end) }
}

/** A source over a `Blob`, as a file input or a drop gives one; nothing is read before it is needed. */
export function blobSource(blob: Blob, name = 'the file'): ByteSource {
  return {
    name: 'name' in blob && typeof blob.name === 'string' ? blob.name : name,
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  }
}

/**
 * Collects a stream that can be read only once, such as the standard input, into a source.
 *
 * @param limit how many bytes are taken at most; 2^28 unless said.
 * @throws when there are more.
 */
export async function collectBytes(
  chunks: AsyncIterable<Uint8Array>,
  { name = 'the input', limit = 2 ** 28 }: { readonly name?: string; readonly limit?: number } = {},
): Promise<ByteSource> {
  checkWhole('collectBytes', 'limit', limit, 0)
  const kept: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit) {
      throw new TapeloopError(
        `${name} has more than ${limit} bytes, the most that a stream may have; write it to a file and name that.`,
      )
    }
    kept.push(chunk)
  }
  return memorySource(joined(kept), name)
}

/** The bytes of a source in order, in pieces of 64 KiB. */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < source.size; at += chunkBytes) {
    yield await source.read(at, Math.min(at + chunkBytes, source.size))
  }
}

/** Several pieces as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
