import { sigmoid, split, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonal, orthogonalPerGate } from '../initializer.js'

/**
 * Multiplicative LSTM: where an LSTM reads its last output, this one reads a product of it with the input, so that each
 * input has transitions of its own. Gates are packed in the order i, f, g, o.
 */
export const multiplicativeLstm = defineCell({
  name: 'multiplicative-lstm',
  title: 'Multiplicative LSTM',
  cite: ['krause2017'],
  equations: String.raw`
    \begin{aligned}
    m_t &= (W_m x_t) \odot (R_m h_{t-1}) \qquad
    i_t, f_t, o_t = \sigma(W x_t + R m_t + b) \qquad g_t = \tanh(W_g x_t + R_g m_t + b_g) \\
    c_t &= f_t \odot c_{t-1} + i_t \odot g_t \qquad h_t = o_t \odot \tanh c_t
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias }) => ({
    kernel: glorotUniform([inputSize, 4 * H]),
    recurrentKernel: orthogonalPerGate([H, 4 * H]),
    factors: { kernel: glorotUniform([inputSize, H]), recurrentKernel: orthogonal([H, H]) },
    ...(bias && { bias: gateBias([0, forgetBias, 0, 0], H) }),
  }),
  step({ kernel, recurrentKernel, factors, bias }, { h, c }, x, { onCandidate }) {
    const m = x.matmul(factors.kernel).mul(h.matmul(factors.recurrentKernel))
    const [i, f, g, o] = split(affine(x, kernel, bias).add(m.matmul(recurrentKernel)), 4)
    const cNext = sigmoid(f)
      .mul(c)
      .add(sigmoid(i).mul(offer(tanh(g), onCandidate)))
    return { h: sigmoid(o).mul(tanh(cNext)), c: cNext }
  },
})
