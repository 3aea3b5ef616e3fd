import { TapeloopError } from '@tapeloop/core'
import { chunksOf, joined, type ByteSource } from '../sources/byte-source.js'
import { makeDataset, type Dataset } from './dataset.js'

/** Unsigned bytes with a shape, as IDX files hold them. */
export interface IdxBytes {
  readonly shape: readonly number[]
  /** Row-major. */
  readonly values: Uint8Array
}

/** An image as a sequence, and its class. */
export interface ImageSequence {
  /** The rows of the image, each its pixels; or its pixels one by one. All lie between 0 and 1. */
  readonly x: readonly Float32Array[] | Float32Array
  readonly y: number
}

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST (LeCun, Cortes and Burges), packed by gzip or not.
 *
 * @param mostBytes how many bytes the file may hold, unpacked; 2^30 unless said.
 * @throws one sentence when it is no such file, is cut short or goes on after its end, or holds more.
 */
export async function readIdx(source: ByteSource, mostBytes = 2 ** 30): Promise<IdxBytes> {
  const bytes = await unpacked(source, mostBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [zero, alsoZero, type, dimensions = 0] = bytes
  const start = 4 + 4 * dimensions
  if (zero !== 0 || alsoZero !== 0 || type !== 8 || dimensions === 0 || bytes.length < start) {
    throw new TapeloopError(
      `${source.name} is no IDX file of unsigned bytes; see that the right file is named.`,
    )
  }
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i))
  const size = shape.reduce((product, length) => product * length, 1)
  if (bytes.length - start !== size) {
    throw new TapeloopError(
      `${source.name}: its shape is ${shape.join(' × ')}, which are ${size} bytes, but ${bytes.length - start} follow; ` +
        `fetch the file again.`,
    )
  }
  return { shape, values: bytes.subarray(start) }
}

/**
 * Images as sequences for a classifier: by rows (28 steps of 28 numbers for MNIST) or by pixels (784 steps of one, Le, Jaitly and
 * Hinton 2015). They are made when they are read, so only the bytes lie in memory.
 *
 * @param images [images, height, width].
 * @param labels [images].
 * @throws when the shapes do not fit each other.
 */
export function imageSequences(
  images: IdxBytes,
  labels: IdxBytes,
  by: 'row' | 'pixel',
): Dataset<ImageSequence> {
  const [count = 0, height = 0, width = 0] = images.shape
  if (images.shape.length !== 3 || labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new TapeloopError(
      `imageSequences: images must have the shape count × height × width and labels count, but they have ` +
        `${images.shape.join(' × ')} and ${labels.shape.join(' × ')}.`,
    )
  }
  const size = height * width
  function sequenceAt(index: number): ImageSequence {
    const pixels = Float32Array.from(images.values.subarray(index * size, (index + 1) * size), (v) => v / 255)
    const rows = () =>
      Array.from({ length: height }, (_, row) => pixels.subarray(row * width, (row + 1) * width))
    return { x: by === 'row' ? rows() : pixels, y: labels.values[index]! }
  }
  return makeDataset({
    length: count,
    isSeekable: true,
    async *from(position) {
      for (let i = position; i < count; i++) yield sequenceAt(i)
    },
  })
}

/** The bytes of a source, unpacked where they are packed by gzip; what they hold is counted before memory is taken. */
async function unpacked(source: ByteSource, most: number): Promise<Uint8Array> {
  const head = await source.read(0, Math.min(2, source.size))
  const isPacked = head[0] === 0x1f && head[1] === 0x8b
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of isPacked ? gunzipped(source) : chunksOf(source)) {
      size += piece.length
      if (size > most) {
        throw new TapeloopError(`${source.name} holds more than the ${most} bytes allowed; allow more of it.`)
      }
      pieces.push(piece)
    }
  } catch (error) {
    if (error instanceof TapeloopError) throw error
    throw new TapeloopError(`${source.name} is broken, gzip cannot unpack it; fetch the file again.`, {
      cause: error,
    })
  }
  return joined(pieces)
}

async function* gunzipped(source: ByteSource): AsyncGenerator<Uint8Array, void> {
  const chunks = chunksOf(source)
  const packed = new ReadableStream<BufferSource>({
    async pull(controller) {
      const { value, done } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value as Uint8Array<ArrayBuffer>)
    },
  })
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    yield value
  }
}
