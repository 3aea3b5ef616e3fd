import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sharedFolder } from '../../../../scripts/shared.js'
import { memorySource } from '../sources/byte-source.js'
import { collect } from '../sources/collect.js'
import { imageSequences, readIdx } from './idx.js'

const idx = (shape: readonly number[], values: readonly number[]) =>
  Uint8Array.of(0, 0, 8, shape.length, ...shape.flatMap((length) => [0, 0, 0, length]), ...values)
const source = (bytes: Uint8Array) => memorySource(bytes, 'a.idx')

test('images become sequences of rows, or of pixels, packed or not', async () => {
  const images = await readIdx(
    source(gzipSync(idx([2, 2, 3], [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6]))),
  )
  const labels = await readIdx(source(idx([2], [7, 1])))
  const rows = await collect(imageSequences(images, labels, 'row'))
  expect(rows.map(({ y }) => y)).toEqual([7, 1])
  expect(rows[0]!.x).toEqual([Float32Array.of(0, 0.2, 0.4), Float32Array.of(0.6, 0.8, 1)])
  const [, second] = await collect(imageSequences(images, labels, 'pixel'))
  expect(second).toEqual({ x: Float32Array.from([1, 2, 3, 4, 5, 6], (v) => v / 255), y: 1 })
})

test('what is no IDX file, is cut short, or holds too much is refused', async () => {
  await expect(readIdx(source(Uint8Array.of(1, 2, 3)))).rejects.toThrow(
    'a.idx is no IDX file of unsigned bytes; see that the right file is named.',
  )
  await expect(readIdx(source(idx([3], [1, 2])))).rejects.toThrow(
    'a.idx: its shape is 3, which are 3 bytes, but 2 follow; fetch the file again.',
  )
  await expect(readIdx(source(gzipSync(new Uint8Array(2 ** 20))), 1000)).rejects.toThrow(
    'a.idx holds more than the 1000 bytes allowed; allow more of it.',
  )
  await expect(readIdx(source(gzipSync(idx([3], [1, 2, 3])).subarray(0, 20)))).rejects.toThrow(
    'a.idx is broken, gzip cannot unpack it; fetch the file again.',
  )
  const bytes = { shape: [2], values: Uint8Array.of(1, 2) }
  expect(() => imageSequences(bytes, bytes, 'row')).toThrow(
    'imageSequences: images must have the shape count × height × width and labels count, but they have 2 and 2.',
  )
})

const digits = (name: string) => join(sharedFolder, 'data/mnist', name)

test.skipIf(!existsSync(digits('t10k-labels-idx1-ubyte.gz')))('the digits of MNIST are read', async () => {
  const read = (name: string) => readIdx(memorySource(readFileSync(digits(name)), name))
  const [images, labels] = [await read('t10k-images-idx3-ubyte.gz'), await read('t10k-labels-idx1-ubyte.gz')]
  const sequences = imageSequences(images, labels, 'row')
  expect(sequences.length).toBe(10_000)
  const [first] = await collect(sequences.slice(0, 1))
  expect([first!.y, first!.x.length, first!.x[0]]).toEqual([7, 28, new Float32Array(28)])
})
