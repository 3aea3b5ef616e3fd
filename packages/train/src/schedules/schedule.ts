import { cast, full, maximum, minimum, mul, sub, type DType, type Tensor } from '@tapeloop/core'
import { checkNumber } from '../check.js'

/**
 * A hyper-parameter as a function of the number of updates done before this one (int32 `[]`, 0 at the first), written
 * with ops, so that a compiled training step never has to be traced again. Returns a scalar of `dtype`.
 */
export type Schedule = (step: Tensor, dtype: DType) => Tensor

/** The same value at every step. */
export function constant(value: number): Schedule {
  checkNumber('constant', 'the value', value)
  return (_step, dtype) => full(value, [], dtype)
}

/** How far `step` is on the way from one update to another: 0 before, 1 after. */
export function progress(step: Tensor, from: number, to: number, dtype: DType): Tensor {
  return minimum(maximum(mul(cast(sub(step, from), dtype), 1 / (to - from)), 0), 1)
}
