import { concat, sigmoid, split, sub, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell } from '../cell.js'
import { gateBias, glorotUniform } from '../initializer.js'
import { elapsedOption, splitElapsed } from '../elapsed.js'

/**
 * Closed-form continuous-time network: two candidates from one hidden layer over input and state, and a gate that goes
 * from the first to the second as time passes, as fast as that layer says. Packed in the order g, h, a, b.
 */
export const cfc = defineCell({
  name: 'cfc',
  title: 'Closed-form continuous-time network',
  cite: ['hasani2022'],
  equations: String.raw`
    \begin{aligned}
    u_t &= \tanh(W [x_t, h_{t-1}] + b) \qquad s_t = \sigma(a(u_t)\, \Delta t + b(u_t)) \\
    h_t &= (1 - s_t) \odot \tanh g(u_t) + s_t \odot \tanh k(u_t)
    \end{aligned}`,
  options: { bias: biasOptions.bias, ...elapsedOption },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias, timed }) => ({
    kernel: glorotUniform([inputSize - Number(timed) + H, H]),
    headKernel: glorotUniform([H, 4 * H]),
    ...(bias && { bias: gateBias([0], H), headBias: gateBias([0, 0, 0, 0], H) }),
  }),
  step({ kernel, headKernel, bias, headBias }, { h }, x, { timed }) {
    const { input, elapsed } = splitElapsed(x, timed)
    const u = tanh(affine(concat([input, h], 1), kernel, bias))
    const [g, k, a, b] = split(affine(u, headKernel, headBias), 4)
    const s = sigmoid(a.mul(elapsed).add(b))
    return {
      h: sub(1, s)
        .mul(tanh(g))
        .add(s.mul(tanh(k))),
    }
  },
})
