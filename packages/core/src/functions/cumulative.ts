import { mul } from '../ops/arithmetic.js'
import { concat, sliceAxis } from '../ops/concat.js'
import { resolveAxis } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkFloat, checkTensor } from './check.js'
import { logAddExp } from './softmax.js'

/** Running product along an axis. Its derivatives are right where elements are 0: nothing is divided. */
export function cumprod(x: Tensor, axis = -1): Tensor {
  checkTensor('cumprod', x)
  return accumulate(x, resolveAxis('cumprod', axis, x.rank), mul)
}

/** Running `logSumExp` along an axis. */
export function logCumSumExp(x: Tensor, axis = -1): Tensor {
  checkFloat('logCumSumExp', x)
  return accumulate(x, resolveAxis('logCumSumExp', axis, x.rank), logAddExp)
}

/**
 * y_n = x_0 ∘ … ∘ x_n for an associative ∘, in log₂ n steps: after each, y_n covers twice as many elements (Hillis &
 * Steele 1986).
 */
function accumulate(x: Tensor, axis: number, combine: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const count = x.shape[axis]!
  let y = x
  for (let reach = 1; reach < count; reach *= 2) {
    const further = combine(sliceAxis(y, axis, 0, count - reach), sliceAxis(y, axis, reach, count))
    y = concat([sliceAxis(y, axis, 0, reach), further], axis)
  }
  return y
}
