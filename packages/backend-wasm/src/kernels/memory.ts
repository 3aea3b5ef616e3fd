import type { DType } from '@tapeloop/core'
import { i32, type I32, type Statement, type V128 } from '../emit/code.js'
import type { FunctionWriter, Local } from '../emit/function.js'
import { i16x8, i32x4, i64x2, v128, zero } from '../emit/simd.js'

/** How tensors of each dtype lie in memory, and how vectors of a kernel are read from there and written. */

export const bytesOf: Record<DType, 1 | 4 | 8> = { bool: 1, int32: 4, float32: 4, float64: 8 }

/** What of a kernel's vectors is in memory at an address: `active` numbers, of the `count` that a vector has. */
export interface Part {
  readonly dtype: DType
  readonly count: number
  readonly active: number
}

/** Numbers that lie one after the other; the lanes that are not active are 0. */
export function loadLanes({ dtype, count, active }: Part, address: I32, offset = 0): V128 {
  const at = offset === 0 ? address : i32.add(address, offset)
  const bits = {
    16: () => v128.load(address, offset),
    8: () => v128.load64Zero(address, offset),
    4: () => v128.load32Zero(address, offset),
    2: () => v128.load16Lane(at, zero, 0),
    1: () => v128.load8Lane(at, zero, 0),
  }[(active * bytesOf[dtype]) as 16 | 8 | 4 | 2 | 1]()
  if (dtype !== 'bool') return bits
  const words = i32x4.gt(i32x4.extendLowI16(i16x8.extendLowI8(bits)), zero)
  return count === 4 ? words : i64x2.extendLowI32(words)
}

/** One number in all lanes. */
export function loadSplat(dtype: DType, address: I32): V128 {
  if (dtype === 'bool') return i32x4.ne(v128.load8Splat(address), zero)
  return dtype === 'float64' ? v128.load64Splat(address) : v128.load32Splat(address)
}

export function storeLanes(
  f: FunctionWriter,
  { dtype, count, active }: Part,
  address: I32,
  value: Local<'v128'>,
  offset = 0,
): Statement {
  const bits = dtype === 'bool' ? f.let('v128', maskBytes(value, count)) : value
  const size = (active * bytesOf[dtype]) as 16 | 8 | 4 | 2 | 1
  if (size === 16) return v128.store(address, bits, offset)
  const storeLane = { 8: v128.store64Lane, 4: v128.store32Lane, 2: v128.store16Lane, 1: v128.store8Lane }[
    size
  ]
  return storeLane(address, bits, 0, offset)
}

/** A byte 0 or 1 for each lane of a mask. */
function maskBytes(mask: V128, count: number): V128 {
  const bytes = count === 4 ? [0, 4, 8, 12] : [0, 8]
  const places = Array.from({ length: 16 }, (_, i) => bytes[i % bytes.length]!)
  return v128.and(v128.shuffle(mask, mask, places), v128.const(new Array<number>(16).fill(1)))
}
