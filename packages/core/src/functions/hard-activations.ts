import { add, and, div, less, lessEqual, mul, sub } from '../ops/arithmetic.js'
import { stopGradient } from '../ops/select.js'
import type { Tensor } from '../tensor.js'
import { checkFloat } from './check.js'
import { where } from './elementwise.js'

/** Activation functions made of straight pieces. Unlike `clip`, a flat piece owns its ends: the gradient there is 0. */

/** x held between low and high. */
export function hardTanh(x: Tensor, low = -1, high = 1): Tensor {
  checkFloat('hardTanh', x)
  return where(lessEqual(x, low), low, where(lessEqual(high, x), high, x))
}

/** x held between 0 and 6. */
export function relu6(x: Tensor): Tensor {
  checkFloat('relu6', x)
  return hardTanh(x, 0, 6)
}

/**
 * x / 6 + 1/2 held between 0 and 1. The slope of the middle piece is the float32 next to 1/6, which is what PyTorch
 * multiplies gradients with in float64 too.
 */
export function hardSigmoid(x: Tensor): Tensor {
  checkFloat('hardSigmoid', x)
  const sloped = mul(x, Math.fround(1 / 6))
  const exact = add(div(x, 6), 0.5)
  return hardTanh(add(sloped, stopGradient(sub(exact, sloped))), 0, 1)
}

/** x · hardSigmoid(x) (Howard et al. 2019). */
export function hardSwish(x: Tensor): Tensor {
  checkFloat('hardSwish', x)
  const isInside = and(lessEqual(-3, x), lessEqual(x, 3))
  const inside = where(isInside, x, 0)
  return where(isInside, div(mul(inside, add(inside, 3)), 6), where(less(x, -3), 0, x))
}

/** x moved towards 0 by λ, and 0 within λ of it. */
export function softShrink(x: Tensor, lambda = 0.5): Tensor {
  checkFloat('softShrink', x)
  return where(less(lambda, x), sub(x, lambda), where(less(x, -lambda), add(x, lambda), nothingOf(x)))
}

/** 0, but NaN where x is NaN. */
function nothingOf(x: Tensor): Tensor {
  return mul(x, 0)
}
