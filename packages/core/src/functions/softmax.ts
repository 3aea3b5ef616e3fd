import {
  add,
  broadcastOperands,
  div,
  equal,
  exp,
  log,
  maximum,
  sub,
  type Operand,
} from '../ops/arithmetic.js'
import { max, sum } from '../ops/reduce.js'
import { reshape } from '../ops/movement.js'
import { stopGradient } from '../ops/select.js'
import { resolveAxes, resolveAxis } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkFloat } from './check.js'
import { isFinite } from './comparison.js'
import { where } from './elementwise.js'

/**
 * Everything here is taken relative to the largest element, so that no exponential overflows. The results do not depend
 * on that reference, so their derivatives need not know of it.
 */

/** exp(x) / Σ exp(x) along an axis. Elements at −∞ get 0 and gradient 0. */
export function softmax(x: Tensor, axis = -1): Tensor {
  checkFloat('softmax', x)
  const along = resolveAxis('softmax', axis, x.rank)
  const weights = exp(sub(x, stopGradient(max(x, along, { keepDims: true }))))
  return div(weights, sum(weights, along, { keepDims: true }))
}

/** x − ln Σ exp(x) along an axis: the logarithm of `softmax`. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  checkFloat('logSoftmax', x)
  const along = resolveAxis('logSoftmax', axis, x.rank)
  const shifted = sub(x, stopGradient(max(x, along, { keepDims: true })))
  return sub(shifted, log(sum(exp(shifted), along, { keepDims: true })))
}

/**
 * ln Σ exp(x) over the axes (all unless given). −∞ where nothing but −∞ is summed, with gradient 0; ∞ where ∞ is.
 */
export function logSumExp(x: Tensor, axes?: number | readonly number[], { keepDims = false } = {}): Tensor {
  checkFloat('logSumExp', x)
  const over = resolveAxes('logSumExp', axes, x.rank)
  if (over.length === 0) return x
  const reference = finiteReference(max(x, over, { keepDims: true }))
  const total = sum(exp(sub(x, reference)), over, { keepDims: true })
  const result = add(safeLog(total), reference)
  return keepDims ? result : reshape(result, sum(x, over).shape)
}

/** ln(exp(a) + exp(b)), with broadcasting. */
export function logAddExp(a: Operand, b: Operand): Tensor {
  const [x, y] = broadcastOperands('logAddExp', [a, b]) as [Tensor, Tensor]
  checkFloat('logAddExp', x)
  const reference = finiteReference(maximum(x, y))
  return add(safeLog(add(exp(sub(x, reference)), exp(sub(y, reference)))), reference)
}

/** ±∞ − ±∞ is not a number, so an infinite reference gives way to 0. */
function finiteReference(largest: Tensor): Tensor {
  return stopGradient(where(isFinite(largest), largest, 0))
}

/** ln x, whose derivative at 0 counts as 0. */
function safeLog(x: Tensor): Tensor {
  const isZero = equal(x, 0)
  return where(isZero, -Infinity, log(where(isZero, 1, x)))
}
