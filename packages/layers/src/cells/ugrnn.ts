import { sigmoid, split, sub, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'

/**
 * Update gate RNN: a simple recurrent network with one gate between the old state and the new one. g = 1 keeps.
 * Candidate and gate are packed in the order c, g.
 */
export const ugrnn = defineCell({
  name: 'ugrnn',
  title: 'Update gate recurrent network',
  cite: ['collins2016'],
  equations: String.raw`
    \begin{aligned}
    c_t &= \tanh(W_c x_t + R_c h_{t-1} + b_c) \qquad g_t = \sigma(W_g x_t + R_g h_{t-1} + b_g) \\
    h_t &= g_t \odot h_{t-1} + (1 - g_t) \odot c_t
    \end{aligned}`,
  options: {
    updateBias: { type: 'number', default: 1, doc: 'initial bias of the update gate; above 0 it keeps' },
    bias: biasOptions.bias,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { updateBias, bias }) => ({
    kernel: glorotUniform([inputSize, 2 * H]),
    recurrentKernel: orthogonalPerGate([H, 2 * H]),
    ...(bias && { bias: gateBias([0, updateBias], H) }),
  }),
  step({ kernel, recurrentKernel, bias }, { h }, x, { onCandidate }) {
    const [c, zg] = split(affine(x, kernel, bias).add(h.matmul(recurrentKernel)), 2)
    const g = sigmoid(zg)
    return { h: g.mul(h).add(sub(1, g).mul(offer(tanh(c), onCandidate))) }
  },
})
