import type { V128 } from '../../emit/code.js'
import { v128 } from '../../emit/simd.js'
import type { Local } from '../../emit/function.js'
import type { Maths } from './format.js'

/** x = k ln 2 + r with |r| ≤ ½ ln 2; `bits` holds k in its low bits. */
function reduce(w: Maths, x: V128): { r: Local<'v128'>; bits: Local<'v128'> } {
  const { lanes, format } = w
  // numbers around 1.5 · 2^mantissa have no bits below the units: the sum is rounded to a whole number
  const whole = w.number(1.5 * 2 ** format.mantissa)
  const bits = w.keep(w.madd(x, w.number(Math.LOG2E), whole))
  const k = w.keep(lanes.sub(bits, whole))
  const [high, low] = format.ln2
  return { r: w.keep(w.madd(k, w.number(-low), w.madd(k, w.number(-high), x))), bits }
}

/** eʳ − 1 */
function series(w: Maths, r: V128): V128 {
  return w.madd(w.lanes.mul(r, r), w.polynomial(r, w.format.exp), r)
}

/** 2^k · one, for k in the low bits, one a power of two. */
function power(w: Maths, bits: V128, one: number): V128 {
  return w.lanes.int.add(w.lanes.int.shl(bits, w.format.mantissa), w.number(one))
}

/** eˣ; results below the smallest normal number are rounded to their few bits. */
export function exp(w: Maths, x: V128): V128 {
  const { lanes, format } = w
  const [lowest, highest] = format.expRange
  const { r, bits } = reduce(w, w.keep(lanes.pmin(lanes.pmax(x, w.number(lowest)), w.number(highest))))
  // 2^k in two halves: k itself may be more than an exponent holds
  const half = w.keep(lanes.int.shrUnsigned(bits, 1))
  const rest = lanes.int.sub(bits, half)
  const value = lanes.add(series(w, r), w.number(1))
  return lanes.mul(lanes.mul(value, power(w, half, 1)), power(w, rest, 1))
}

/** eˣ − 1 */
export function expm1(w: Maths, x: V128): V128 {
  const { lanes, format } = w
  const clamped = lanes.pmin(lanes.pmax(x, w.number(format.expm1From)), w.number(format.expRange[1]))
  const { r, bits } = reduce(w, w.keep(clamped))
  const scale = w.keep(power(w, bits, 0.5)) // half of it: 2^k alone may be ∞ where the result is not
  const y = w.madd(series(w, r), scale, lanes.sub(scale, w.number(0.5)))
  return v128.select(lanes.eq(x, w.number(0)), x, lanes.add(w.keep(y), w.keep(y)))
}

/** 1 / (1 + e⁻ˣ), from e^−|x|, which never overflows. */
export function sigmoid(w: Maths, x: V128): V128 {
  const { lanes } = w
  const small = w.keep(exp(w, w.keep(lanes.neg(lanes.abs(x)))))
  const one = w.number(1)
  return lanes.div(v128.select(lanes.ge(x, w.number(0)), one, small), lanes.add(one, small))
}

/** t / (t + 2) with t = e^2|x| − 1: exact near 0, odd in every bit, and never beyond ±1. */
export function tanh(w: Maths, x: V128): V128 {
  const { lanes } = w
  const { r, bits } = reduce(w, w.keep(lanes.pmin(lanes.abs(lanes.add(x, x)), w.number(-w.format.expm1From))))
  const scale = w.keep(power(w, bits, 1))
  const t = w.keep(w.madd(series(w, r), scale, lanes.sub(scale, w.number(1))))
  return v128.or(lanes.div(t, lanes.add(t, w.number(2))), v128.and(x, w.number(-0)))
}

/** Error function: a polynomial up to 1, then 1 − e^ln erfc(x). */
export function erf(w: Maths, x: V128): V128 {
  const { lanes, format } = w
  const small = w.keep(lanes.mul(x, w.polynomial(w.keep(lanes.mul(x, x)), format.erf)))
  const size = w.keep(lanes.pmin(lanes.abs(x), w.number(format.erfOne)))
  const rest = exp(w, w.keep(w.polynomial(size, format.lnErfc)))
  const large = v128.or(lanes.sub(w.number(1), rest), v128.and(x, w.number(-0)))
  return v128.select(lanes.lt(lanes.abs(x), w.number(1)), small, large)
}
