import { less, type Operand } from '../ops/arithmetic.js'
import type { Tensor } from '../tensor.js'
import { checkTensor } from './check.js'
import { where } from './elementwise.js'

/**
 * x held between `low` and `high` (numbers, or tensors that broadcast; ∓Infinity for none). Its gradient is 1 within the
 * bounds and on them, else 0. NaN stays NaN; where low > high the result is high.
 */
export function clip(x: Tensor, low: Operand, high: Operand): Tensor {
  checkTensor('clip', x)
  const raised = low === -Infinity ? x : where(less(x, low), low, x)
  return high === Infinity ? raised : where(less(high, raised), high, raised)
}
