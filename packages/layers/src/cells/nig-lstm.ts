import { sigmoid, split, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'
import { peek, peepholeOption, peepholeWeights } from '../peepholes.js'

/**
 * NIG of Greff et al.: the peephole LSTM with i = 1, so that every candidate enters the cell whole. Gates are packed in the
 * order f, g, o.
 */
export const nigLstm = defineCell({
  name: 'nig-lstm',
  title: 'LSTM without input gate (NIG)',
  cite: ['greff2017'],
  equations: String.raw`
    \begin{aligned}
    f_t &= \sigma(W_f x_t + R_f h_{t-1} + p_f \odot c_{t-1} + b_f) \qquad
    g_t = \tanh(W_g x_t + R_g h_{t-1} + b_g) \\
    c_t &= f_t \odot c_{t-1} + g_t \\
    o_t &= \sigma(W_o x_t + R_o h_{t-1} + p_o \odot c_t + b_o) \qquad h_t = o_t \odot \tanh c_t
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
    ...peepholeOption,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias, peepholes }) => ({
    kernel: glorotUniform([inputSize, 3 * H]),
    recurrentKernel: orthogonalPerGate([H, 3 * H]),
    ...(peepholes && { peepholes: peepholeWeights(['f', 'o'], H) }),
    ...(bias && { bias: gateBias([forgetBias, 0, 0], H) }),
  }),
  step({ kernel, recurrentKernel, peepholes, bias }, { h, c }, x, { onCandidate }) {
    const z = affine(x, kernel, bias).add(h.matmul(recurrentKernel))
    const [zf, zg, zo] = split(z, 3)
    const f = sigmoid(peek(zf, peepholes?.f, c))
    const cNext = f.mul(c).add(offer(tanh(zg), onCandidate))
    const o = sigmoid(peek(zo, peepholes?.o, cNext))
    return { h: o.mul(tanh(cNext)), c: cNext }
  },
})
