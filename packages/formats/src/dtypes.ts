import { bfloat16ToBits32, bits32ToBfloat16, bits32ToFloat16, float16ToBits32 } from './half.js'

/** The element types of safetensors that are read and written here, and the arrays that hold them. */
export interface SafetensorsArrays {
  F64: Float64Array
  F32: Float32Array
  /** Half precision: held as float32, which is exact; written rounded to nearest, ties to even. */
  F16: Float32Array
  /** bfloat16: held as float32, which is exact; written rounded to nearest, ties to even. */
  BF16: Float32Array
  I32: Int32Array
  /** Held as int32 where every number fits, or as bigint where that is asked for. */
  I64: Int32Array | BigInt64Array
  U8: Uint8Array
  /** One byte each, 0 or 1. */
  BOOL: Uint8Array
}

/** The name of an element type, as safetensors writes it. */
export type SafetensorsDtype = keyof SafetensorsArrays

interface DtypeRule<Data> {
  /** Bytes of one element. */
  readonly size: number
  /** The arrays it is written from; the first is the one it is read into. */
  readonly arrays: readonly ArrayConstructor<Data>[]
  /** From the bytes of the elements, in a buffer of their own. */
  read(buffer: ArrayBuffer): Data
  /** To bytes; may be a view of `data`. */
  write(data: Data): Uint8Array
}

interface ArrayConstructor<Data> {
  readonly name: string
  new (buffer: ArrayBuffer): Data
}

/** A row a type. The bytes of typed arrays are taken as they are: JavaScript runs on little-endian machines alone. */
export const dtypes: { readonly [D in SafetensorsDtype]: DtypeRule<SafetensorsArrays[D]> } = {
  F64: plain(8, Float64Array),
  F32: plain(4, Float32Array),
  F16: half(float16ToBits32, bits32ToFloat16),
  BF16: half(bfloat16ToBits32, bits32ToBfloat16),
  I32: plain(4, Int32Array),
  I64: {
    size: 8,
    arrays: [BigInt64Array, Int32Array],
    read: (buffer) => new BigInt64Array(buffer),
    write: (data) => bytesOf(data instanceof Int32Array ? BigInt64Array.from(data, BigInt) : data),
  },
  U8: plain(1, Uint8Array),
  BOOL: plain(1, Uint8Array),
}

/** Whether `value` names an element type of the table. */
export function isDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === 'string' && Object.hasOwn(dtypes, value)
}

function plain<Data extends ArrayBufferView>(size: number, array: ArrayConstructor<Data>): DtypeRule<Data> {
  return { size, arrays: [array], read: (buffer) => new array(buffer), write: bytesOf }
}

function half(widen: (half: number) => number, narrow: (bits: number) => number): DtypeRule<Float32Array> {
  return {
    size: 2,
    arrays: [Float32Array],
    read: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), widen).buffer),
    write: (data) =>
      bytesOf(Uint16Array.from(new Uint32Array(data.buffer, data.byteOffset, data.length), narrow)),
  }
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
