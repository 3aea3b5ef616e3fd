import { sigmoid, split, sub, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'

/**
 * MUT3, found by evolution: a GRU whose update gate sees the state through a tanh. z = 1 takes the new; packed in the
 * order z, r, n.
 */
export const mut3 = defineCell({
  name: 'mut3',
  title: 'Mutated gated unit 3 (MUT3)',
  cite: ['jozefowicz2015'],
  equations: String.raw`
    \begin{aligned}
    z_t &= \sigma(W_z x_t + R_z \tanh(h_{t-1}) + b_z) \qquad r_t = \sigma(W_r x_t + R_r h_{t-1} + b_r) \\
    n_t &= \tanh(R_n (r_t \odot h_{t-1}) + W_n x_t + b_n) \qquad
    h_t = z_t \odot n_t + (1 - z_t) \odot h_{t-1}
    \end{aligned}`,
  options: { bias: biasOptions.bias },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias }) => ({
    kernel: glorotUniform([inputSize, 3 * H]),
    recurrentKernel: orthogonalPerGate([H, 3 * H]),
    ...(bias && { bias: gateBias([0, 0, 0], H) }),
  }),
  step({ kernel, recurrentKernel, bias }, { h }, x, { onCandidate }) {
    const [xz, xr, xn] = split(affine(x, kernel, bias), 3)
    const [updateKernel, resetKernel, candidateKernel] = split(recurrentKernel, 3)
    const z = sigmoid(xz.add(tanh(h).matmul(updateKernel)))
    const r = sigmoid(xr.add(h.matmul(resetKernel)))
    const n = offer(tanh(xn.add(r.mul(h).matmul(candidateKernel))), onCandidate)
    return { h: z.mul(n).add(sub(1, z).mul(h)) }
  },
})
