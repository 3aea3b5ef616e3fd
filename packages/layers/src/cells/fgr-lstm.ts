import { concat, sigmoid, split, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonal, orthogonalPerGate } from '../initializer.js'
import { peek, peepholeOption, peepholeWeights } from '../peepholes.js'

/**
 * FGR of Greff et al.: the peephole LSTM whose gates see, besides, what all gates were a step ago, as in 1997. The nine
 * matrices are one `gateKernel`, rows from and columns to the gates i, f, o. Other gates are packed in the order i, f, g, o.
 */
export const fgrLstm = defineCell({
  name: 'fgr-lstm',
  title: 'LSTM with full gate recurrence (FGR)',
  cite: ['greff2017', 'hochreiter1997'],
  equations: String.raw`
    \begin{aligned}
    s_t &= R_{\cdot i}\, i_{t-1} + R_{\cdot f}\, f_{t-1} + R_{\cdot o}\, o_{t-1} \\
    i_t &= \sigma(W_i x_t + R_i h_{t-1} + p_i \odot c_{t-1} + s_{t,i} + b_i) \qquad
    f_t = \sigma(W_f x_t + R_f h_{t-1} + p_f \odot c_{t-1} + s_{t,f} + b_f) \\
    g_t &= \tanh(W_g x_t + R_g h_{t-1} + b_g) \qquad c_t = f_t \odot c_{t-1} + i_t \odot g_t \\
    o_t &= \sigma(W_o x_t + R_o h_{t-1} + p_o \odot c_t + s_{t,o} + b_o) \qquad h_t = o_t \odot \tanh c_t
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
    ...peepholeOption,
  },
  state: ({ hiddenSize: H }) => ({ h: [H], c: [H], gates: [3 * H] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias, peepholes }) => ({
    kernel: glorotUniform([inputSize, 4 * H]),
    recurrentKernel: orthogonalPerGate([H, 4 * H]),
    gateKernel: orthogonal([3 * H, 3 * H]),
    ...(peepholes && { peepholes: peepholeWeights(['i', 'f', 'o'], H) }),
    ...(bias && { bias: gateBias([0, forgetBias, 0, 0], H) }),
  }),
  step({ kernel, recurrentKernel, gateKernel, peepholes, bias }, { h, c, gates }, x, { onCandidate }) {
    const z = affine(x, kernel, bias).add(h.matmul(recurrentKernel))
    const [zi, zf, zg, zo] = split(z, 4)
    const [si, sf, so] = split(gates.matmul(gateKernel), 3)
    const i = sigmoid(peek(zi.add(si), peepholes?.i, c))
    const f = sigmoid(peek(zf.add(sf), peepholes?.f, c))
    const cNext = f.mul(c).add(i.mul(offer(tanh(zg), onCandidate)))
    const o = sigmoid(peek(zo.add(so), peepholes?.o, cNext))
    return { h: o.mul(tanh(cNext)), c: cNext, gates: concat([i, f, o], 1) }
  },
})
