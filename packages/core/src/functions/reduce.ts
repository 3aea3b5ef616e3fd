import { isFloat } from '../dtype.js'
import { refuse } from '../errors.js'
import { div, mul, neg, not, sub } from '../ops/arithmetic.js'
import { concat, sliceAxis } from '../ops/concat.js'
import { ones } from '../ops/literal.js'
import { permute, reshape } from '../ops/movement.js'
import { argmax, max, sum } from '../ops/reduce.js'
import { cast } from '../ops/select.js'
import { resolveAxes, resolveAxis, sizeOf } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkFloat, checkMask, checkTensor } from './check.js'
import { safeSqrt, square } from './math.js'

type Axes = number | readonly number[]

interface Kept {
  /** leave the reduced axes in place, with size 1 */
  readonly keepDims?: boolean
}

/** Arithmetic mean over the axes (all unless given); float tensors only. */
export function mean(x: Tensor, axes?: Axes, options: Kept = {}): Tensor {
  checkFloat('mean', x)
  const total = sum(x, axes, options)
  return div(total, x.size / Math.max(1, total.size))
}

/**
 * Mean squared distance from the mean over the axes (all unless given). The sum of n squares is divided by
 * n − correction: 0 for the variance of these numbers, 1 for an unbiased estimate from a sample.
 */
export function variance(
  x: Tensor,
  axes?: Axes,
  { correction = 0, keepDims = false }: Kept & { correction?: number } = {},
): Tensor {
  checkFloat('variance', x)
  const over = resolveAxes('variance', axes, x.rank)
  const count = sizeOf(over.map((axis) => x.shape[axis]!))
  const squares = square(sub(x, mean(x, over, { keepDims: true })))
  return div(sum(squares, over, { keepDims }), Math.max(0, count - correction))
}

/** Square root of `variance`; its gradient where all elements are equal is 0. */
export function standardDeviation(
  x: Tensor,
  axes?: Axes,
  options: Kept & { correction?: number } = {},
): Tensor {
  checkFloat('standardDeviation', x)
  return safeSqrt(variance(x, axes, options))
}

/** The smallest element over the axes (all unless given); ties share the gradient evenly. NaN wins. */
export function min(x: Tensor, axes?: Axes, options: Kept = {}): Tensor {
  checkTensor('min', x)
  if (x.dtype === 'bool') refuse('min', 'the tensor is bool; cast it to int32 first')
  return mirror(max(mirror(x), resolveAxes('min', axes, x.rank), options))
}

/** Where the smallest element along an axis is, the first of equals; int32, without that axis. */
export function argmin(x: Tensor, axis = -1): Tensor {
  checkTensor('argmin', x)
  if (x.dtype === 'bool') refuse('argmin', 'the tensor is bool; cast it to int32 first')
  return argmax(mirror(x), resolveAxis('argmin', axis, x.rank))
}

/** Whether any element of a bool tensor over the axes (all unless given) is true; false where there are none. */
export function any(x: Tensor, axes?: Axes, options: Kept = {}): Tensor {
  checkMask('any', x)
  return cast(sum(cast(x, 'int32'), resolveAxes('any', axes, x.rank), options), 'bool')
}

/** Whether all elements of a bool tensor over the axes (all unless given) are true; true where there are none. */
export function all(x: Tensor, axes?: Axes, options: Kept = {}): Tensor {
  checkMask('all', x)
  return not(any(not(x), resolveAxes('all', axes, x.rank), options))
}

/**
 * Product over the axes (all unless given); an empty product is 1. Derivatives of any order are right where elements
 * are 0: nothing is divided.
 */
export function prod(x: Tensor, axes?: Axes, { keepDims = false }: Kept = {}): Tensor {
  checkTensor('prod', x)
  const over = resolveAxes('prod', axes, x.rank)
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !over.includes(axis))
  const rest = kept.map((axis) => x.shape[axis]!)
  const length = sizeOf(over.map((axis) => x.shape[axis]!))
  const last = kept.length
  let factors =
    length === 0 ? ones([...rest, 1], x.dtype) : reshape(permute(x, [...kept, ...over]), [...rest, length])
  // pairs are multiplied until one factor is left
  for (let count = length; count > 1; count = Math.ceil(count / 2)) {
    const half = Math.floor(count / 2)
    const pairs = mul(sliceAxis(factors, last, 0, half), sliceAxis(factors, last, half, 2 * half))
    const isEven = count === 2 * half
    factors = isEven ? pairs : concat([pairs, sliceAxis(factors, last, 2 * half, count)], last)
  }
  return reshape(factors, keepDims ? x.shape.map((n, axis) => (over.includes(axis) ? 1 : n)) : rest)
}

/** The same elements in the opposite order; −x has no room for the smallest int32, −1 − x has. */
function mirror(x: Tensor): Tensor {
  return isFloat(x.dtype) ? neg(x) : sub(-1, x)
}
