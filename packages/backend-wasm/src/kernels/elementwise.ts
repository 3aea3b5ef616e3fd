import type { DType, PrimitiveName } from '@tapeloop/core'
import type { V128 } from '../emit/code.js'
import type { Local } from '../emit/function.js'
import { f32x4, f64x2, i32x4, i64x2, shuffleWords, v128 } from '../emit/simd.js'
import type { HostFunction, Writer } from './kernel.js'
import { byLane, circular, fromFloat32, fromInt32, inDoubles } from './math/circular.js'
import { erf, exp, expm1, sigmoid, tanh } from './math/exponential.js'
import { mathsIn, type Maths } from './math/format.js'
import { log, log1p } from './math/logarithm.js'

/** A primitive on vectors: what computes each lane of the result from that lane of the operands. */

type OnFloats = (w: Maths, a: V128, b: V128) => V128
type OnBits = (a: V128, b: V128) => V128

const floatOps = {
  neg: (w, x) => w.lanes.neg(x),
  abs: (w, x) => w.lanes.abs(x),
  // x itself where it is ±0 or NaN
  sign: (w, x) => {
    const signed = v128.or(w.number(1), v128.and(x, w.number(-0)))
    return v128.select(w.lanes.gt(w.lanes.abs(x), w.number(0)), signed, x)
  },
  floor: (w, x) => w.lanes.floor(x),
  exp,
  expm1,
  log,
  log1p,
  sin: (w, x) => doubled(w, [x], (w, [x]) => circular(w, x!, 0)),
  cos: (w, x) => doubled(w, [x], (w, [x]) => circular(w, x!, 1)),
  tanh,
  sigmoid,
  sqrt: (w, x) => w.lanes.sqrt(x),
  erf,
  add: (w, a, b) => w.lanes.add(a, b),
  sub: (w, a, b) => w.lanes.sub(a, b),
  mul: (w, a, b) => w.lanes.mul(a, b),
  div: (w, a, b) => w.lanes.div(a, b),
  pow: (w, a, b) => doubled(w, [a, b], (w, operands) => byLane(w, 'pow', operands)),
  atan2: (w, a, b) => doubled(w, [a, b], (w, operands) => byLane(w, 'atan2', operands)),
  maximum: (w, a, b) => w.lanes.max(a, b),
  minimum: (w, a, b) => w.lanes.min(a, b),
  remainder: (w, a, b) => doubled(w, [a, b], (_w, [a, b]) => remainder(a!, b!)),
  equal: (w, a, b) => w.lanes.eq(a, b),
  less: (w, a, b) => w.lanes.lt(a, b),
  lessEqual: (w, a, b) => w.lanes.le(a, b),
} satisfies Partial<Record<PrimitiveName, OnFloats>>

const intOps = {
  neg: (x) => i32x4.neg(x),
  abs: (x) => i32x4.abs(x),
  sign: (x) => i32x4.max(i32x4.min(x, i32x4.const(1)), i32x4.const(-1)),
  add: i32x4.add,
  sub: i32x4.sub,
  mul: i32x4.mul,
  maximum: i32x4.max,
  minimum: i32x4.min,
  equal: i32x4.eq,
  less: i32x4.lt,
  lessEqual: i32x4.le,
} satisfies Partial<Record<PrimitiveName, OnBits>>

/** Masks have all bits of a lane equal. */
const maskOps = {
  not: (x) => v128.not(x),
  and: v128.and,
  or: v128.or,
  equal: (a, b) => v128.not(v128.xor(a, b)),
} satisfies Partial<Record<PrimitiveName, OnBits>>

/** The primitives that this file computes. */
export type Elementwise =
  | keyof typeof floatOps
  | keyof typeof intOps
  | keyof typeof maskOps
  | 'select'
  | 'cast'
  | 'stop'

/** Whether an op on such operands is computed here. */
export function isElementwise(op: PrimitiveName, operands: DType): op is Elementwise {
  if (op === 'select' || op === 'cast' || op === 'stop') return true
  return op in (operands === 'bool' ? maskOps : operands === 'int32' ? { ...intOps, remainder } : floatOps)
}

/** The host functions that the code of an op may call. */
export function hostsOf(op: string): readonly HostFunction[] {
  return op === 'sin' || op === 'cos' || op === 'pow' || op === 'atan2' ? [op] : []
}

/** A vector of a kernel: the numbers of bool lanes are masks. */
export interface Value {
  readonly dtype: DType
  readonly code: Local<'v128'>
}

/**
 * One primitive on vectors of `count` lanes: 4, or 2 in kernels with float64, where 4-byte lanes fill the lower half of a
 * vector. A mask fills its `16 / count` bytes.
 */
export function elementwise(
  writer: Writer,
  count: number,
  op: Elementwise,
  operands: readonly Value[],
  dtype: DType,
): V128 {
  const [first, second, third] = operands as readonly [Value, Value, Value]
  const masks = masksOf(16 / count)
  if (op === 'stop') return first.code
  if (op === 'select') {
    const mask = masks.toLanes(first.code, sizeOfLane(dtype, count))
    return v128.select(mask, second.code, third.code)
  }
  if (op === 'cast') return cast(writer, count, first, dtype)
  const [a, b] = operands.map(({ code }) => code) as [Local<'v128'>, Local<'v128'>]
  const isQuestion = op === 'equal' || op === 'less' || op === 'lessEqual'
  if (first.dtype === 'bool') return lookUp(maskOps, op)(a, b)
  if (first.dtype === 'int32') {
    const y =
      op === 'remainder'
        ? inDoubles(mathsIn(writer, 'float32'), fromInt32, [a, b], (_w, [a, b]) => remainder(a!, b!))
        : lookUp(intOps, op)(a, b)
    return isQuestion ? masks.fromLanes(y, 4) : y
  }
  const w = mathsIn(writer, first.dtype)
  const y = lookUp<OnFloats>(floatOps, op)(w, a, b)
  return isQuestion ? masks.fromLanes(y, w.lanes.size) : y
}

/** A constant vector. */
export function literal(dtype: DType, value: number): V128 {
  if (dtype === 'float32') return f32x4.const(value)
  if (dtype === 'float64') return f64x2.const(value)
  return i32x4.const(dtype === 'bool' ? -(value === 0 ? 0 : 1) : value)
}

function cast(writer: Writer, count: number, { dtype: from, code: x }: Value, to: DType): V128 {
  const masks = masksOf(16 / count)
  if (from === to) return x
  if (from === 'bool') {
    const one = writer.f.constant('v128', literal(to, 1))
    return v128.and(masks.toLanes(x, sizeOfLane(to, count)), one)
  }
  if (to === 'bool') {
    if (from === 'int32') return masks.fromLanes(i32x4.ne(x, i32x4.const(0)), 4)
    const { lanes, number } = mathsIn(writer, from)
    return masks.fromLanes(lanes.ne(x, number(0)), lanes.size)
  }
  if (from === 'int32') return to === 'float32' ? f32x4.fromI32(x) : f64x2.fromI32(x)
  if (from === 'float32') return to === 'int32' ? i32x4.fromF32(x) : f64x2.fromF32(x)
  return to === 'int32' ? i32x4.fromF64(x) : f32x4.fromF64(x)
}

/** a − b ⌊a / b⌋ of float64 lanes, with every step rounded. */
function remainder(a: V128, b: V128): V128 {
  return f64x2.sub(a, f64x2.mul(b, f64x2.floor(f64x2.div(a, b))))
}

/** A function of float64 lanes on lanes of either format. */
function doubled(
  w: Maths,
  operands: readonly V128[],
  of: (w: Maths, operands: readonly V128[]) => V128,
): V128 {
  return w.lanes.size === 8 ? of(w, operands) : inDoubles(w, fromFloat32, operands, of)
}

/** Masks of a kernel against masks of other lane sizes: 8 bytes hold a 4-byte lane twice. */
function masksOf(size: number) {
  return {
    fromLanes: (mask: V128, laneSize: number) => (laneSize === size ? mask : i64x2.extendLowI32(mask)),
    toLanes: (mask: Local<'v128'>, laneSize: number) =>
      laneSize === size ? mask : shuffleWords(mask, mask, [0, 2, 0, 2]),
  }
}

function sizeOfLane(dtype: DType, count: number): number {
  return dtype === 'bool' ? 16 / count : dtype === 'float64' ? 8 : 4
}

function lookUp<Entry>(table: Partial<Record<string, Entry>>, op: string): Entry {
  return table[op]!
}
