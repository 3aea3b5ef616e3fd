import { isFloat } from '../dtype.js'
import { abs, equal, less, lessEqual, not, type Operand } from '../ops/arithmetic.js'
import { full } from '../ops/literal.js'
import type { Tensor } from '../tensor.js'
import { checkTensor } from './check.js'

/** Whether a > b, with broadcasting; a bool tensor. Nothing compares with NaN. */
export function greater(a: Operand, b: Operand): Tensor {
  return less(b, a)
}

/** Whether a ≥ b, with broadcasting; a bool tensor. Nothing compares with NaN. */
export function greaterEqual(a: Operand, b: Operand): Tensor {
  return lessEqual(b, a)
}

/** Whether a ≠ b, with broadcasting; a bool tensor. NaN differs from everything. */
export function notEqual(a: Operand, b: Operand): Tensor {
  return not(equal(a, b))
}

/** Whether x is not a number; a bool tensor of the shape of x. */
export function isNaN(x: Tensor): Tensor {
  checkTensor('isNaN', x)
  return not(equal(x, x))
}

/** Whether x is neither infinite nor NaN; a bool tensor of the shape of x. */
export function isFinite(x: Tensor): Tensor {
  checkTensor('isFinite', x)
  return isFloat(x.dtype) ? less(abs(x), Infinity) : full(1, x.shape, 'bool')
}
