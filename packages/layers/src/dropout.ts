import { bernoulli, refuse, where, type Tensor } from '@tapeloop/core'
import { checkFloat } from './check.js'

/**
 * Each number set to 0 with probability `rate`, the others scaled by 1 / (1 − rate) (Srivastava et al., JMLR 2014).
 * Without a key, as in evaluation, x itself.
 *
 * @throws where x is not float, or the rate not from 0 to below 1
 */
export function dropout(x: Tensor, rate: number, key?: Tensor): Tensor {
  checkFloat('dropout', 'x', x)
  checkRate('dropout', rate)
  return key === undefined || rate === 0
    ? x
    : where(bernoulli(key, 1 - rate, x.shape), x.mul(1 / (1 - rate)), 0)
}

/** Refuses a rate at which nothing would be left. */
export function checkRate(where: string, rate: number): void {
  if (!(rate >= 0 && rate < 1)) refuse(where, `the rate is ${rate}; it must be at least 0 and below 1`)
}
