import { sigmoid, split, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'
import { peek, peepholeOption, peepholeWeights } from '../peepholes.js'

/** NIAF of Greff et al.: the peephole LSTM with a linear candidate. Gates are packed in the order i, f, g, o. */
export const niafLstm = defineCell({
  name: 'niaf-lstm',
  title: 'LSTM without input activation (NIAF)',
  cite: ['greff2017'],
  equations: String.raw`
    \begin{aligned}
    i_t &= \sigma(W_i x_t + R_i h_{t-1} + p_i \odot c_{t-1} + b_i) \qquad
    f_t = \sigma(W_f x_t + R_f h_{t-1} + p_f \odot c_{t-1} + b_f) \\
    g_t &= W_g x_t + R_g h_{t-1} + b_g \qquad c_t = f_t \odot c_{t-1} + i_t \odot g_t \\
    o_t &= \sigma(W_o x_t + R_o h_{t-1} + p_o \odot c_t + b_o) \qquad h_t = o_t \odot \tanh c_t
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
    ...peepholeOption,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias, peepholes }) => ({
    kernel: glorotUniform([inputSize, 4 * H]),
    recurrentKernel: orthogonalPerGate([H, 4 * H]),
    ...(peepholes && { peepholes: peepholeWeights(['i', 'f', 'o'], H) }),
    ...(bias && { bias: gateBias([0, forgetBias, 0, 0], H) }),
  }),
  step({ kernel, recurrentKernel, peepholes, bias }, { h, c }, x, { onCandidate }) {
    const z = affine(x, kernel, bias).add(h.matmul(recurrentKernel))
    const [zi, zf, zg, zo] = split(z, 4)
    const i = sigmoid(peek(zi, peepholes?.i, c))
    const f = sigmoid(peek(zf, peepholes?.f, c))
    const cNext = f.mul(c).add(i.mul(offer(zg, onCandidate)))
    const o = sigmoid(peek(zo, peepholes?.o, cNext))
    return { h: o.mul(tanh(cNext)), c: cNext }
  },
})
