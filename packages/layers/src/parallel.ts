import { concat, cumsum, exp, flip, logCumSumExp, sliceAxis, where, type Tensor } from '@tapeloop/core'
import type { LogLinear } from './cell.js'

/**
 * h_t = e^decay_t ⊙ h_{t-1} + e^input_t for all steps at once: with A the running sum of the decays,
 * h_t = e^{A_t} ⊙ h_0 + e^{A_t + ln Σ_{s ≤ t} e^{input_s - A_s}} (Heinsen 2023; Feng et al. 2024, appendix B.2). Where the
 * mask `[batch, time, 1]` is false the state is held. Returns all states `[batch, time, units]` and the last one.
 */
export function runParallel(
  { decay, input }: LogLinear,
  start: Tensor,
  mask: Tensor | undefined,
  reverse: boolean,
): { readonly states: Tensor; readonly last: Tensor } {
  const along = (x: Tensor) => (reverse ? flip(x, 1) : x)
  const total = cumsum(along(mask ? where(mask, decay, 0) : decay), 1)
  const summed = logCumSumExp(along(mask ? where(mask, input, -Infinity) : input).sub(total), 1)
  const [batchSize, units] = start.shape as [number, number]
  const first = start.reshape([batchSize, 1, units])
  const states = exp(total)
    .mul(first)
    .add(exp(total.add(summed)))
  const all = concat([first, states], 1)
  const time = states.shape[1]!
  return { states: along(states), last: sliceAxis(all, 1, time, time + 1).reshape([batchSize, units]) }
}
