import { sigmoid, split, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { glorotUniform, orthogonalPerGate, zerosInit } from '../initializer.js'
import { peek, peepholeOption, peepholeWeights } from '../peepholes.js'

/**
 * NFG of Greff et al.: the peephole LSTM with f = 1, so that the cell only ever adds, as in 1997, and can grow with the
 * sequence. Gates are packed in the order i, g, o.
 */
export const nfgLstm = defineCell({
  name: 'nfg-lstm',
  title: 'LSTM without forget gate (NFG)',
  cite: ['greff2017', 'hochreiter1997'],
  equations: String.raw`
    \begin{aligned}
    i_t &= \sigma(W_i x_t + R_i h_{t-1} + p_i \odot c_{t-1} + b_i) \qquad
    g_t = \tanh(W_g x_t + R_g h_{t-1} + b_g) \\
    c_t &= c_{t-1} + i_t \odot g_t \\
    o_t &= \sigma(W_o x_t + R_o h_{t-1} + p_o \odot c_t + b_o) \qquad h_t = o_t \odot \tanh c_t
    \end{aligned}`,
  options: {
    bias: biasOptions.bias,
    ...peepholeOption,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias, peepholes }) => ({
    kernel: glorotUniform([inputSize, 3 * H]),
    recurrentKernel: orthogonalPerGate([H, 3 * H]),
    ...(peepholes && { peepholes: peepholeWeights(['i', 'o'], H) }),
    ...(bias && { bias: zerosInit([3 * H]) }),
  }),
  step({ kernel, recurrentKernel, peepholes, bias }, { h, c }, x, { onCandidate }) {
    const z = affine(x, kernel, bias).add(h.matmul(recurrentKernel))
    const [zi, zg, zo] = split(z, 3)
    const i = sigmoid(peek(zi, peepholes?.i, c))
    const cNext = c.add(i.mul(offer(tanh(zg), onCandidate)))
    const o = sigmoid(peek(zo, peepholes?.o, cNext))
    return { h: o.mul(tanh(cNext)), c: cNext }
  },
})
