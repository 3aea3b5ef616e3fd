import { abs, add, div, equal, maximum, mul, pow, sqrt, sub } from '../ops/arithmetic.js'
import { max, sum } from '../ops/reduce.js'
import { cast } from '../ops/select.js'
import { resolveAxis } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkFloat } from './check.js'
import { notEqual } from './comparison.js'
import { where } from './elementwise.js'
import { safeSqrt, square } from './math.js'
import { mean, min, variance } from './reduce.js'

type Axes = number | readonly number[]

/**
 * (Σ |x|^p)^(1/p) over the axes (all unless given), for the order p (2 unless said): ∞ gives the largest |x|, −∞ the
 * smallest, 0 the number of elements that are not 0. The gradient at a vector of zeros is 0.
 */
export function norm(
  x: Tensor,
  axes?: Axes,
  { order = 2, keepDims = false }: { order?: number; keepDims?: boolean } = {},
): Tensor {
  checkFloat('norm', x)
  if (order === 2) return safeSqrt(sum(square(x), axes, { keepDims }))
  if (order === 1) return sum(abs(x), axes, { keepDims })
  if (order === Infinity) return max(abs(x), axes, { keepDims })
  if (order === -Infinity) return min(abs(x), axes, { keepDims })
  if (order === 0) return sum(cast(notEqual(x, 0), x.dtype), axes, { keepDims })
  return safePower(sum(safePower(abs(x), order), axes, { keepDims }), 1 / order)
}

/** x moved and scaled to mean 0 and variance 1 over the axes: (x − mean) / √(variance + ε). What normalisations share. */
export function standardize(x: Tensor, axes: Axes, { epsilon = 1e-5 }: { epsilon?: number } = {}): Tensor {
  checkFloat('standardize', x)
  const centred = sub(x, mean(x, axes, { keepDims: true }))
  return div(centred, sqrt(add(variance(x, axes, { keepDims: true }), epsilon)))
}

/** a·b / (‖a‖ ‖b‖) along an axis, where no length counts as less than ε. */
export function cosineSimilarity(
  a: Tensor,
  b: Tensor,
  axis = -1,
  { epsilon = 1e-8 }: { epsilon?: number } = {},
): Tensor {
  checkFloat('cosineSimilarity', a)
  checkFloat('cosineSimilarity', b)
  const product = mul(a, b)
  const along = resolveAxis('cosineSimilarity', axis, product.rank) - product.rank
  const length = (x: Tensor) => maximum(norm(x, along), epsilon)
  return div(sum(product, along), mul(length(a), length(b)))
}

/** x^p of x ≥ 0, whose derivative at 0 counts as 0. */
function safePower(x: Tensor, p: number): Tensor {
  const isZero = equal(x, 0)
  return where(isZero, p < 0 ? Infinity : 0, pow(where(isZero, 1, x), p))
}
