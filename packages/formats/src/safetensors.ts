import { dtypes, type SafetensorsArrays, type SafetensorsDtype } from './dtypes.js'

/** A tensor as a safetensors file holds it: row-major, `data.length` equal to the product of `shape`. */
export type SafetensorsTensor = {
  [D in SafetensorsDtype]: {
    readonly dtype: D
    readonly shape: readonly number[]
    readonly data: SafetensorsArrays[D]
  }
}[SafetensorsDtype]

/** The key of the header that holds strings, and so can be no tensor's name. */
export const metadataKey = '__metadata__'

/** The most bytes of a header: the limit of the reference implementation, which keeps a wrong length from taking memory. */
export const largestHeader = 100_000_000

/** The number of elements of a shape; 1 for a scalar, `[]`. */
export function elementCount(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1)
}

/** Whether `value` is a list of whole numbers, none negative: a shape, a pair of offsets. */
export function isWholeNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0)
}

/** The sentence about an element type that is not in the table. */
export function unknownDtype(dtype: unknown): string {
  return `its dtype is ${JSON.stringify(dtype)}, but only ${Object.keys(dtypes).join(', ')} are supported.`
}

/** The sentence about an element that is no boolean, or undefined where all are. */
export function wrongBool(dtype: SafetensorsDtype, data: ArrayLike<number | bigint>): string | undefined {
  const i = dtype === 'BOOL' ? Array.prototype.findIndex.call(data, (value: number) => value > 1) : -1
  return i < 0 ? undefined : `element ${i} is ${data[i]}, but a BOOL must be 0 or 1.`
}
