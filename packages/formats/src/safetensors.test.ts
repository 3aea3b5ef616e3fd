import { TapeloopError } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bfloat16ToBits32, float16ToBits32 } from './half.js'
import type { SafetensorsTensor } from './safetensors.js'
import { decodeSafetensors } from './safetensors-reader.js'
import { encodeSafetensors } from './safetensors-writer.js'

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
const sizeOf = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1)

/** Arrays from random bytes, so that every bit pattern comes up, NaNs with payloads too. */
function tensorOf<D extends SafetensorsTensor['dtype']>(
  dtype: D,
  bytesPerElement: number,
  make: (bytes: Uint8Array<ArrayBuffer>) => Extract<SafetensorsTensor, { dtype: D }>['data'],
): fc.Arbitrary<SafetensorsTensor> {
  return shape.chain((sizes) => {
    const length = sizeOf(sizes) * bytesPerElement
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => ({ dtype, shape: sizes, data: make(new Uint8Array(bytes)) }) as SafetensorsTensor)
  })
}

const fromBits = ({ buffer }: Uint32Array<ArrayBuffer>) => new Float32Array(buffer)
const tensor = fc.oneof(
  tensorOf('F64', 8, ({ buffer }) => new Float64Array(buffer)),
  tensorOf('F32', 4, ({ buffer }) => new Float32Array(buffer)),
  tensorOf('F16', 2, ({ buffer }) => fromBits(Uint32Array.from(new Uint16Array(buffer), float16ToBits32))),
  tensorOf('BF16', 2, ({ buffer }) => fromBits(Uint32Array.from(new Uint16Array(buffer), bfloat16ToBits32))),
  tensorOf('I32', 4, ({ buffer }) => new Int32Array(buffer)),
  tensorOf('I64', 4, ({ buffer }) => new Int32Array(buffer)),
  tensorOf('U8', 1, (bytes) => bytes),
  tensorOf('BOOL', 1, (bytes) => bytes.map((byte) => byte % 2)),
)
const name = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('__proto__', 'constructor', '0', '10', 'layers.0.kernel', '"', '\\'),
)
const tensors = fc
  .uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 6 })
  .map((entries) => Object.fromEntries(entries) as Record<string, SafetensorsTensor>)
const metadata = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
  maxKeys: 3,
})

const bits = ({ data }: SafetensorsTensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

test('what is written comes back bit for bit, in the same order, with its metadata', () => {
  fc.assert(
    fc.property(tensors, metadata, (given, strings) => {
      const file = encodeSafetensors(given, strings)
      const read = decodeSafetensors(file)
      expect(Object.keys(read.tensors)).toEqual(Object.keys(given))
      for (const [key, { dtype, shape: sizes, data }] of Object.entries(given)) {
        const back = read.tensors[key]!
        expect([back.dtype, back.shape, back.data.constructor]).toEqual([dtype, sizes, data.constructor])
        expect(bits(back)).toEqual(bits(given[key]!))
      }
      expect(Object.entries(read.metadata)).toEqual(Object.entries(strings))
      expect(encodeSafetensors(read.tensors, read.metadata)).toEqual(file)
    }),
    { numRuns: 300 },
  )
})

test('the layout is that of the format: length, padded JSON, aligned data without gaps', () => {
  const file = encodeSafetensors(
    {
      flag: { dtype: 'BOOL', shape: [], data: Uint8Array.of(1) },
      w: { dtype: 'F64', shape: [1], data: Float64Array.of(-2) },
      h: { dtype: 'F16', shape: [1, 2], data: Float32Array.of(1, 65_504) },
    },
    { format: 'pt' },
  )
  const length = Number(new DataView(file.buffer).getBigUint64(0, true))
  const json = new TextDecoder().decode(file.subarray(8, 8 + length))
  expect(length % 8).toBe(0)
  expect(json).toMatch(/^\{.*\} *$/)
  expect(JSON.parse(json)).toEqual({
    __metadata__: { format: 'pt' },
    flag: { dtype: 'BOOL', shape: [], data_offsets: [12, 13] },
    w: { dtype: 'F64', shape: [1], data_offsets: [0, 8] },
    h: { dtype: 'F16', shape: [1, 2], data_offsets: [8, 12] },
  })
  expect([...file.subarray(8 + length)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0x3c, 0xff, 0x7b, 1])
})

test('a file cut off at any byte, or with a byte too many, is refused', () => {
  fc.assert(
    fc.property(tensors, metadata, fc.nat(), (given, strings, at) => {
      const file = encodeSafetensors(given, strings)
      expect(() => decodeSafetensors(file.subarray(0, at % file.length))).toThrow(/^safetensors: /)
      expect(() => decodeSafetensors(Uint8Array.of(...file, 0))).toThrow(
        /^safetensors: the tensors end at byte \d+ of the data, but it has \d+\.$/,
      )
    }),
  )
})

test('a file with wrong bytes is read or refused in one sentence, whatever they are', () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(
      tensors,
      metadata,
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (given, strings, changes) => {
        const file = encodeSafetensors(given, strings)
        for (const [at, byte] of changes) file[at % file.length] = byte
        expect(outcome(file)).toMatch(/^read$|^safetensors: [^\n]*\.$/)
      },
    ),
    { numRuns: 2000 },
  )
})

function outcome(file: Uint8Array): string {
  try {
    decodeSafetensors(file)
    return 'read'
  } catch (error) {
    return error instanceof TapeloopError ? error.message : String(error)
  }
}

test('the result shares no memory with the file, also when that is a Buffer of Node', () => {
  const file = Buffer.from(encodeSafetensors({ a: { dtype: 'U8', shape: [2], data: Uint8Array.of(1, 2) } }))
  const { tensors: read } = decodeSafetensors(file)
  file.fill(9)
  expect(read['a']!.data).toEqual(Uint8Array.of(1, 2))
})

test('64-bit integers are read as int32 where they fit, as bigint where asked', () => {
  const file = (...values: bigint[]) =>
    encodeSafetensors({ step: { dtype: 'I64', shape: [values.length], data: BigInt64Array.from(values) } })
  expect(decodeSafetensors(file(-(2n ** 31n), 7n)).tensors['step']!.data).toEqual(
    Int32Array.of(-(2 ** 31), 7),
  )
  expect(decodeSafetensors(file(2n ** 62n), { int64: 'bigint' }).tensors['step']!.data).toEqual(
    BigInt64Array.of(2n ** 62n),
  )
  expect(() => decodeSafetensors(file(1n, 2n ** 31n))).toThrow(
    'safetensors: tensor "step": element 1 is 2147483648, which does not fit in int32; ' +
      `pass { int64: 'bigint' } to read 64-bit integers as they are.`,
  )
})

/** A file with this header, which may be anything, and this many bytes of data. */
function fileOf(header: unknown, dataLength = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const file = new Uint8Array(8 + json.length + dataLength)
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true)
  file.set(json, 8)
  return file
}
const entry = (dtype: unknown, sizes: unknown, offsets: unknown) => ({
  dtype,
  shape: sizes,
  data_offsets: offsets,
})

test('a header of other writers is read: any order, spaces, no metadata, empty tensors and scalars', () => {
  const header = ` {"b": ${JSON.stringify(entry('U8', [], [2, 3]))},
    "none": ${JSON.stringify(entry('F32', [0, 3], [2, 2]))}, "a": ${JSON.stringify(entry('U8', [2], [0, 2]))} } `
  const read = decodeSafetensors(fileOf(header, 3))
  expect(Object.keys(read.tensors)).toEqual(['b', 'none', 'a'])
  expect(read.tensors['none']!.data).toEqual(new Float32Array())
  expect(read.metadata).toEqual({})
  expect(decodeSafetensors(fileOf({ __metadata__: null }))).toEqual({ tensors: {}, metadata: {} })
})

test.each<[string, Uint8Array, string]>([
  ['nothing', new Uint8Array(), 'the file has 0 bytes, but at least 8 are needed; it is cut off.'],
  [
    'a length beyond the limit',
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80, 0x7b),
    'the header claims 9223372036854775808 bytes, more than the 100000000 allowed; this is no safetensors file.',
  ],
  [
    'a length beyond the file',
    Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b),
    'the header ends at byte 17, but the file has 9; it is cut off.',
  ],
  ['text', fileOf('hello'), 'the header is not valid JSON; the file is damaged or no safetensors file.'],
  ['invalid UTF-8', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), 'the header is not valid JSON;'],
  ['a list', fileOf([]), 'the header must be a JSON object.'],
  ['metadata of numbers', fileOf({ __metadata__: { a: 1 } }), '__metadata__ must be a record of strings.'],
  ['a list as metadata', fileOf({ __metadata__: [] }), '__metadata__ must be a record of strings.'],
  ['no entry', fileOf({ a: 1 }), 'tensor "a": its entry in the header must be an object.'],
  [
    'an unknown dtype',
    fileOf({ a: entry('F8_E4M3', [1], [0, 1]) }, 1),
    'tensor "a": its dtype is "F8_E4M3", but only F64, F32, F16, BF16, I32, I64, U8, BOOL are supported.',
  ],
  [
    'a dtype that is a method',
    fileOf({ a: entry('toString', [1], [0, 1]) }, 1),
    'its dtype is "toString", but',
  ],
  ['a negative size', fileOf({ a: entry('U8', [-1], [0, 0]) }), 'its shape must be a list of whole numbers.'],
  ['half a size', fileOf({ a: entry('U8', [0.5], [0, 0]) }), 'its shape must be a list of whole numbers.'],
  ['one offset', fileOf({ a: entry('U8', [1], [0]) }, 1), 'its data_offsets must be two whole numbers.'],
  [
    'too few bytes',
    fileOf({ a: entry('F32', [2, 3], [0, 20]) }, 20),
    'tensor "a": F32 of shape [2,3] takes 24 bytes, but its data_offsets [0, 20] hold 20.',
  ],
  [
    'offsets in reverse',
    fileOf({ a: entry('U8', [1], [1, 0]) }, 1),
    'tensor "a": U8 of shape [1] takes 1 bytes, but its data_offsets [1, 0] hold -1.',
  ],
  [
    'a product beyond all numbers',
    fileOf({ a: entry('U8', Array(40).fill(2 ** 52), [0, 1]) }, 1),
    'takes Infinity bytes',
  ],
  [
    'an end beyond the data',
    fileOf({ a: entry('U8', [4], [0, 4]) }, 3),
    'tensor "a": it ends at byte 4 of the data, which has 3; it is cut off.',
  ],
  [
    'an overlap',
    fileOf({ a: entry('U8', [2], [0, 2]), b: entry('U8', [2], [1, 3]) }, 3),
    'tensor "b": it begins at byte 1 of the data, in a tensor that ends at 2.',
  ],
  [
    'a gap',
    fileOf({ a: entry('U8', [1], [0, 1]), b: entry('U8', [1], [2, 3]) }, 3),
    'tensor "b": it begins at byte 2 of the data, but those from 1 are unused.',
  ],
  [
    'bytes left over',
    fileOf({ a: entry('U8', [1], [0, 1]) }, 3),
    'the tensors end at byte 1 of the data, but it has 3.',
  ],
  [
    'a name twice',
    fileOf(
      `{"a":${JSON.stringify(entry('U8', [1], [0, 1]))},"a":${JSON.stringify(entry('U8', [1], [0, 1]))}}`,
      1,
    ),
    'the header has the name "a" twice.',
  ],
  [
    'a boolean of 2',
    Uint8Array.of(...fileOf({ a: entry('BOOL', [2], [0, 2]) }), 1, 2),
    'tensor "a": element 1 is 2, but a BOOL must be 0 or 1.',
  ],
])('%s is refused', (_, file, message) => {
  expect(() => decodeSafetensors(file, { name: 'model.safetensors' })).toThrow(message)
  expect(() => decodeSafetensors(file, { name: 'model.safetensors' })).toThrow(
    /^model\.safetensors: [^\n]*\.$/,
  )
})

const one = { dtype: 'F32', shape: [1], data: Float32Array.of(1) } as const
test.each<[string, unknown, unknown, string]>([
  [
    'the name of metadata',
    { __metadata__: one },
    {},
    'tensor "__metadata__": this name is reserved; use another.',
  ],
  [
    'half a surrogate pair',
    { '\ud800': one },
    {},
    'has half a surrogate pair, which is no text; use another.',
  ],
  ['such metadata', {}, { a: '\udc00' }, 'has half a surrogate pair, which is no text; use another.'],
  ['metadata that is no string', {}, { a: 1 }, 'metadata "a" must be a string, but it is a number;'],
  ['an unknown dtype', { a: { ...one, dtype: 'F8' } }, {}, 'tensor "a": its dtype is "F8", but only F64,'],
  [
    'half a size',
    { a: { ...one, shape: [0.5] } },
    {},
    'its shape must be a list of whole numbers, but it is [0.5].',
  ],
  [
    'another array',
    { a: { ...one, data: Float64Array.of(1) } },
    {},
    'tensor "a": F32 is written from a Float32Array, but its data is a Float64Array.',
  ],
  [
    'a plain list',
    { a: { dtype: 'I64', shape: [1], data: [1] } },
    {},
    'tensor "a": I64 is written from a BigInt64Array or Int32Array, but its data is a Array.',
  ],
  [
    'too few numbers',
    { a: { ...one, shape: [2, 3] } },
    {},
    'tensor "a": shape [2,3] has 6 elements, but its data has 1.',
  ],
  [
    'a boolean of 2',
    { a: { dtype: 'BOOL', shape: [1], data: Uint8Array.of(2) } },
    {},
    'tensor "a": element 0 is 2, but a BOOL must be 0 or 1.',
  ],
])('writing %s is refused', (_, given, strings, message) => {
  const write = () => encodeSafetensors(given as never, strings as never)
  expect(write).toThrow(message)
  expect(write).toThrow(/^safetensors: [^\n]*\.$/)
})
