import type { DType } from '@tapeloop/core'
import type { V128 } from '../emit/code.js'
import type { Local } from '../emit/function.js'
import { f32x4, f64x2, i32x4, shuffleWords, v128, zero } from '../emit/simd.js'
import type { Writer } from './kernel.js'

/** A sum or maximum that grows vector by vector. float32 is summed in float64, and rounded once. */
export interface Accumulator {
  /** Takes in a vector: all its lanes, or the first alone. */
  add(x: Local<'v128'>, whole: boolean): void
  /** The result in every lane. */
  total(): V128
}

/** An accumulator that starts where this is called. Vectors have `count` lanes, as in `elementwise`. */
export function accumulator(w: Writer, op: 'sum' | 'max', dtype: DType, count: number): Accumulator {
  return op === 'max'
    ? maximum(w, dtype, count)
    : dtype === 'float32'
      ? sumInDoubles(w, count)
      : sum(w, dtype, count)
}

const firstLane = (size: number) => v128.const(Array.from({ length: 16 }, (_, i) => (i < size ? 255 : 0)))

function sumInDoubles({ f }: Writer, count: number): Accumulator {
  const total = f.let('v128', zero)
  const high = count === 4 ? f.let('v128', zero) : null
  const grow = (sum: Local<'v128'>, x: V128) => f.set(sum, f64x2.add(sum, f64x2.fromF32(x)))
  return {
    add(x, whole) {
      grow(total, whole ? x : v128.and(x, firstLane(4)))
      if (whole && high) grow(high, shuffleWords(x, x, [2, 3, 2, 3]))
    },
    total() {
      if (high) f.set(total, f64x2.add(total, high))
      const sum = f.let('v128', f32x4.fromF64(across(f, f64x2.add, total, 8, 2)))
      return shuffleWords(sum, sum, [0, 0, 0, 0])
    },
  }
}

function sum({ f }: Writer, dtype: DType, count: number): Accumulator {
  const { add, size } = dtype === 'float64' ? f64x2 : { add: i32x4.add, size: 4 }
  const total = f.let('v128', zero)
  return {
    add: (x, whole) => f.set(total, add(total, whole ? x : v128.and(x, firstLane(size)))),
    total: () => across(f, add, total, size, count),
  }
}

function maximum({ f }: Writer, dtype: DType, count: number): Accumulator {
  const { max, size, lowest } =
    dtype === 'int32'
      ? { max: i32x4.max, size: 4, lowest: i32x4.const(-(2 ** 31)) }
      : dtype === 'float32'
        ? { max: f32x4.max, size: 4, lowest: f32x4.const(-Infinity) }
        : { max: f64x2.max, size: 8, lowest: f64x2.const(-Infinity) }
  const best = f.let('v128', lowest)
  return {
    add: (x, whole) => f.set(best, max(best, whole ? x : v128.select(firstLane(size), x, lowest))),
    total: () => across(f, max, best, size, count),
  }
}

/** Combines the lanes; every lane holds the result. */
function across(
  f: Writer['f'],
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
