import { sigmoid, split, sub, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'

/**
 * JANET: an LSTM of which the forget gate alone is left ("just another network"). Its cell is its output. With `beta` above
 * 0 more comes in than is forgotten. Gate and candidate are packed in the order f, g.
 */
export const janet = defineCell({
  name: 'janet',
  title: 'Forget gate alone (JANET)',
  cite: ['westhuizen2018'],
  equations: String.raw`
    \begin{aligned}
    s_t &= W_f x_t + R_f h_{t-1} + b_f \qquad g_t = \tanh(W_g x_t + R_g h_{t-1} + b_g) \\
    h_t &= \sigma(s_t) \odot h_{t-1} + (1 - \sigma(s_t - \beta)) \odot g_t
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
    beta: {
      type: 'number',
      default: 1,
      min: 0,
      doc: 'what is taken off the forget gate where the candidate comes in',
    },
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias }) => ({
    kernel: glorotUniform([inputSize, 2 * H]),
    recurrentKernel: orthogonalPerGate([H, 2 * H]),
    ...(bias && { bias: gateBias([forgetBias, 0], H) }),
  }),
  step({ kernel, recurrentKernel, bias }, { h }, x, { beta, onCandidate }) {
    const [s, g] = split(affine(x, kernel, bias).add(h.matmul(recurrentKernel)), 2)
    const comesIn = sub(1, sigmoid(s.sub(beta)))
    return {
      h: sigmoid(s)
        .mul(h)
        .add(comesIn.mul(offer(tanh(g), onCandidate))),
    }
  },
})
