import {
  abs,
  add,
  and,
  atan2,
  broadcastOperands,
  cos,
  div,
  equal,
  exp,
  expm1,
  less,
  log,
  log1p,
  maximum,
  mul,
  neg,
  sin,
  sqrt,
  sub,
  type Operand,
} from '../ops/arithmetic.js'
import { stopGradient } from '../ops/select.js'
import type { Tensor } from '../tensor.js'
import { checkFloat, checkTensor } from './check.js'
import { isFinite } from './comparison.js'
import { where } from './elementwise.js'

/** x². */
export function square(x: Tensor): Tensor {
  checkTensor('square', x)
  return mul(x, x)
}

/** 1 / x. */
export function reciprocal(x: Tensor): Tensor {
  checkFloat('reciprocal', x)
  return div(1, x)
}

/** 1 / √x. */
export function rsqrt(x: Tensor): Tensor {
  checkFloat('rsqrt', x)
  return div(1, sqrt(x))
}

/** Logarithm to base 2. */
export function log2(x: Tensor): Tensor {
  checkFloat('log2', x)
  return div(log(x), Math.LN2)
}

/** Tangent of x in radians. */
export function tan(x: Tensor): Tensor {
  checkFloat('tan', x)
  return div(sin(x), cos(x))
}

/** Inverse tangent, in radians between −π/2 and π/2. */
export function atan(x: Tensor): Tensor {
  checkFloat('atan', x)
  return atan2(x, 1)
}

/** Hyperbolic sine (eˣ − e⁻ˣ) / 2, exact near 0. */
export function sinh(x: Tensor): Tensor {
  checkFloat('sinh', x)
  return mul(sub(expm1(x), expm1(neg(x))), 0.5)
}

/** Hyperbolic cosine (eˣ + e⁻ˣ) / 2. */
export function cosh(x: Tensor): Tensor {
  checkFloat('cosh', x)
  return mul(add(exp(x), exp(neg(x))), 0.5)
}

/** Inverse hyperbolic sine ln(x + √(x² + 1)), exact near 0 and without overflow. */
export function asinh(x: Tensor): Tensor {
  checkFloat('asinh', x)
  const isNegative = less(x, 0)
  const size = where(isNegative, neg(x), x)
  const length = hypot(size, 1)
  // √(x² + 1) − 1 two ways: the first is exact near 0, the second does not overflow
  const excess = where(less(size, 1), mul(size, div(size, add(length, 1))), sub(length, 1))
  const y = log1p(add(size, excess))
  return where(isNegative, neg(y), y)
}

/** √(a² + b²) without overflow, with broadcasting; its gradient at (0, 0) is 0. */
export function hypot(a: Operand, b: Operand): Tensor {
  const [x, y] = broadcastOperands('hypot', [a, b]) as [Tensor, Tensor]
  checkFloat('hypot', x)
  const larger = maximum(abs(x), abs(y))
  // the value does not depend on the scale, so its derivatives need not know of it
  const scale = stopGradient(where(and(less(0, larger), isFinite(larger)), larger, 1))
  return mul(scale, safeSqrt(add(square(div(x, scale)), square(div(y, scale)))))
}

/** a + w (b − a): a at w = 0, b at w = 1, with broadcasting. */
export function lerp(a: Tensor, b: Operand, w: Operand): Tensor {
  checkFloat('lerp', a)
  return add(a, mul(w, sub(b, a)))
}

/** √x whose derivative at 0 is 0, for lengths and deviations, which have a kink there. */
export function safeSqrt(x: Tensor): Tensor {
  const isZero = equal(x, 0)
  return where(isZero, 0, sqrt(where(isZero, 1, x)))
}
