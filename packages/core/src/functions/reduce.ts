import { refuse } from '../errors.js'
import { isFloat } from '../dtype.js'
import { div } from '../ops/arithmetic.js'
import { sum } from '../ops/reduce.js'
import type { Tensor } from '../tensor.js'

/** Arithmetic mean over the axes (all unless given); float tensors only. */
export function mean(
  x: Tensor,
  axes?: number | readonly number[],
  options: { keepDims?: boolean } = {},
): Tensor {
  if (!isFloat(x.dtype)) refuse('mean', `the tensor is ${x.dtype}; cast it to float32 or float64 first`)
  const total = sum(x, axes, options)
  return div(total, x.size / Math.max(1, total.size))
}
