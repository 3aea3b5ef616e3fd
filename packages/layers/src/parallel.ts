import { concat, exp, flip, logAddExp, sliceAxis, where, type Tensor } from '@tapeloop/core'
import type { ParallelForm } from './cell.js'

/**
 * The steps h_t = e^decay_t ⊙ h_{t-1} + e^input_t of a cell whose state is `h`, in logarithms (Feng et al. 2024, appendix
 * B): decay and input `[batch, time, units]` depend on x alone. Two steps in a row are a step again, of decay a₁ + a₂ and
 * input ln(e^{b₁ + a₂} + e^{b₂}), so log₂ T rounds that double the reach of every step do (Hillis & Steele 1986);
 * quotients of running sums, as in the paper, lose digits where much decays.
 */
export function logLinear({ decay, input }: { decay: Tensor; input: Tensor }): ParallelForm {
  return (start, { mask, reverse }) => {
    const along = (x: Tensor) => (reverse ? flip(x, 1) : x)
    let a = along(mask ? where(mask, decay, 0) : decay)
    let b = along(mask ? where(mask, input, -Infinity) : input)
    const [batchSize, time, units] = a.shape as [number, number, number]
    for (let reach = 1; reach < time; reach *= 2) {
      const early = (x: Tensor) => sliceAxis(x, 1, 0, time - reach)
      const late = (x: Tensor) => sliceAxis(x, 1, reach, time)
      const widen = (x: Tensor, wide: Tensor) => concat([sliceAxis(x, 1, 0, reach), wide], 1)
      b = widen(b, logAddExp(early(b).add(late(a)), late(b)))
      a = widen(a, early(a).add(late(a)))
    }
    const first = (start['h'] as Tensor).reshape([batchSize, 1, units])
    const states = exp(a).mul(first).add(exp(b))
    const last = sliceAxis(concat([first, states], 1), 1, time, time + 1).reshape([batchSize, units])
    return { output: along(states), state: { h: last } }
  }
}
