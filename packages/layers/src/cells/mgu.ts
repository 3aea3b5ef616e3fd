import { sigmoid, split, sub, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'

/**
 * Minimal gated unit: a GRU with one gate, which resets the state and lets the candidate in. f = 1 forgets. It and the
 * candidate are packed in the order f, n.
 */
export const mgu = defineCell({
  name: 'mgu',
  title: 'Minimal gated unit',
  cite: ['zhou2016'],
  equations: String.raw`
    \begin{aligned}
    f_t &= \sigma(W_f x_t + R_f h_{t-1} + b_f) \qquad
    n_t = \tanh(W_n x_t + R_n (f_t \odot h_{t-1}) + b_n) \\
    h_t &= (1 - f_t) \odot h_{t-1} + f_t \odot n_t
    \end{aligned}`,
  options: { bias: biasOptions.bias },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias }) => ({
    kernel: glorotUniform([inputSize, 2 * H]),
    recurrentKernel: orthogonalPerGate([H, 2 * H]),
    ...(bias && { bias: gateBias([0, 0], H) }),
  }),
  step({ kernel, recurrentKernel, bias }, { h }, x, { onCandidate }) {
    const [xf, xn] = split(affine(x, kernel, bias), 2)
    const [gateKernel, candidateKernel] = split(recurrentKernel, 2)
    const f = sigmoid(xf.add(h.matmul(gateKernel)))
    const n = offer(tanh(xn.add(f.mul(h).matmul(candidateKernel))), onCandidate)
    return { h: sub(1, f).mul(h).add(f.mul(n)) }
  },
})
