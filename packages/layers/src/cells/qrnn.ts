import { concat, sigmoid, slice, split, sub, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform } from '../initializer.js'

/**
 * Quasi-recurrent network with fo-pooling: gates and candidate come from a causal convolution over the last `window`
 * inputs, and no product is with the state. The inputs before the current one are part of the state, the oldest first,
 * and so are the rows of the kernel. f = 1 keeps; packed in the order z, f, o.
 */
export const qrnn = defineCell({
  name: 'qrnn',
  title: 'Quasi-recurrent network',
  cite: ['bradbury2017'],
  equations: String.raw`
    \begin{aligned}
    z_t &= \tanh(W_z [x_{t-k+1}, \dots, x_t] + b_z) \qquad f_t, o_t = \sigma(W [x_{t-k+1}, \dots, x_t] + b) \\
    c_t &= f_t \odot c_{t-1} + (1 - f_t) \odot z_t \qquad h_t = o_t \odot c_t
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
    window: {
      type: 'number',
      default: 2,
      min: 2,
      integer: true,
      doc: 'inputs that a step sees, its own included',
    },
  },
  outputSize: ({ hiddenSize }) => hiddenSize,
  state: ({ inputSize, hiddenSize }, { window }) => ({ c: [hiddenSize], past: [(window - 1) * inputSize] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias, bias, window }) => ({
    kernel: glorotUniform([window * inputSize, 3 * H]),
    ...(bias && { bias: gateBias([0, forgetBias, 0], H) }),
  }),
  step({ kernel, bias }, { c, past }, x, { onCandidate }) {
    const seen = concat([past, x], 1)
    const [z, zf, o] = split(affine(seen, kernel, bias), 3)
    const f = sigmoid(zf)
    const cNext = f.mul(c).add(sub(1, f).mul(offer(tanh(z), onCandidate)))
    return { c: cNext, past: slice(seen, [null, [x.shape[1]!]]), y: sigmoid(o).mul(cNext) }
  },
})
