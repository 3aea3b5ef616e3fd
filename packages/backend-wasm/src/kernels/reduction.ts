import type { DType } from '@tapeloop/core'
import type { V128 } from '../emit/code.js'
import type { FunctionWriter, Local } from '../emit/function.js'
import { f32x4, f64x2, i32x4, shuffleWords, v128, zero } from '../emit/simd.js'
import { literal } from './elementwise.js'

export type Reduction = 'sum' | 'max'

/** A sum or maximum that grows vector by vector. float32 is summed in float64, and rounded once. */
export interface Accumulator {
  /** Takes in a vector, or its first lane alone. */
  add(x: Local<'v128'>, firstOnly?: boolean): void
  /** The result of each lane. */
  columns(): V128
  /** The result of all lanes, in every lane. */
  total(): V128
}

/** An accumulator that starts where this is called. Vectors have `count` lanes, as in `elementwise`. */
export function accumulator(f: FunctionWriter, op: Reduction, dtype: DType, count: number): Accumulator {
  const [combine, neutral] = ruleOf(op, dtype)
  const size = dtype === 'float64' ? 8 : 4
  const first = v128.const(Array.from({ length: 16 }, (_, i) => (i < size ? 255 : 0)))
  const only = (x: Local<'v128'>) => f.let('v128', v128.select(first, x, neutral))
  if (op === 'sum' && dtype === 'float32') return inDoubles(f, count, only)
  const sum = f.let('v128', neutral)
  return {
    add: (x, firstOnly) => f.set(sum, combine(sum, firstOnly ? only(x) : x)),
    columns: () => sum,
    total: () => across(f, combine, sum, size, count),
  }
}

/** How vectors of a dtype combine, and the vector that changes nothing. */
function ruleOf(op: Reduction, dtype: DType): readonly [(a: V128, b: V128) => V128, V128] {
  const lanes = dtype === 'float32' ? f32x4 : dtype === 'float64' ? f64x2 : i32x4
  if (op === 'sum') return [lanes.add, zero]
  return [lanes.max, literal(dtype, dtype === 'int32' ? -(2 ** 31) : -Infinity)]
}

/** Sums of float32 lanes, in as many float64 lanes. */
function inDoubles(f: FunctionWriter, count: number, only: (x: Local<'v128'>) => Local<'v128'>): Accumulator {
  const low = f.let('v128', zero)
  const high = count === 4 ? f.let('v128', zero) : null
  const grow = (sum: Local<'v128'>, x: V128) => f.set(sum, f64x2.add(sum, f64x2.fromF32(x)))
  return {
    add(x, firstOnly) {
      grow(low, firstOnly ? only(x) : x)
      if (high && !firstOnly) grow(high, shuffleWords(x, x, [2, 3, 2, 3]))
    },
    columns: () =>
      high ? shuffleWords(f32x4.fromF64(low), f32x4.fromF64(high), [0, 1, 4, 5]) : f32x4.fromF64(low),
    total() {
      if (high) f.set(low, f64x2.add(low, high))
      const sum = f.let('v128', f32x4.fromF64(across(f, f64x2.add, low, 8, 2)))
      return shuffleWords(sum, sum, [0, 0, 0, 0])
    },
  }
}

/** Combines the lanes; every lane holds the result. */
function across(
  f: FunctionWriter,
  combine: (a: V128, b: V128) => V128,
  x: Local<'v128'>,
  size: number,
  count: number,
): V128 {
  const swap = (words: readonly number[]) => f.set(x, combine(x, shuffleWords(x, x, words)))
  if (size === 8 || count === 4) swap([2, 3, 0, 1])
  if (size === 4) swap([1, 0, 3, 2])
  return size === 4 && count === 2 ? shuffleWords(x, x, [0, 0, 0, 0]) : x
}
