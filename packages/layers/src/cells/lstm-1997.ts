import { sigmoid, split } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'

/**
 * LSTM as of 1997: nothing is forgotten, and what goes in and out is squashed to ±2 and ±1. Its gradient here is the whole
 * one, where the paper cut it off at the gates. Gates are packed in the order i, g, o.
 */
export const lstm1997 = defineCell({
  name: 'lstm-1997',
  title: 'Long short-term memory as of 1997',
  cite: ['hochreiter1997'],
  equations: String.raw`
    \begin{aligned}
    i_t, o_t &= \sigma(W x_t + R h_{t-1} + b) \qquad g_t = 4 \sigma(W_g x_t + R_g h_{t-1} + b_g) - 2 \\
    c_t &= c_{t-1} + i_t \odot g_t \qquad h_t = o_t \odot (2 \sigma(c_t) - 1)
    \end{aligned}`,
  options: {
    outputBias: {
      type: 'number',
      default: -1,
      doc: 'initial bias of the output gate; below 0 cells are not misused early on',
    },
    bias: biasOptions.bias,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { outputBias, bias }) => ({
    kernel: glorotUniform([inputSize, 3 * H]),
    recurrentKernel: orthogonalPerGate([H, 3 * H]),
    ...(bias && { bias: gateBias([0, 0, outputBias], H) }),
  }),
  step({ kernel, recurrentKernel, bias }, { h, c }, x, { onCandidate }) {
    const [i, g, o] = split(affine(x, kernel, bias).add(h.matmul(recurrentKernel)), 3)
    const candidate = offer(sigmoid(g).mul(4).sub(2), onCandidate)
    const cNext = c.add(sigmoid(i).mul(candidate))
    return { h: sigmoid(o).mul(sigmoid(cNext).mul(2).sub(1)), c: cNext }
  },
})
