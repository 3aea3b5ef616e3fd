import { sigmoid, split, sub, tanh } from '@tapeloop/core'
import { biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'

/**
 * MUT2, found by evolution: a GRU whose reset gate takes the input itself, projected where it has other features than
 * there are units. z = 1 takes the new. The kernel is packed in the order z, n, the recurrent kernel in the order z, r, n.
 */
export const mut2 = defineCell({
  name: 'mut2',
  title: 'Mutated gated unit 2 (MUT2)',
  cite: ['jozefowicz2015'],
  equations: String.raw`
    \begin{aligned}
    z_t &= \sigma(W_z x_t + R_z h_{t-1} + b_z) \qquad r_t = \sigma(x_t + R_r h_{t-1} + b_r) \\
    n_t &= \tanh(R_n (r_t \odot h_{t-1}) + W_n x_t + b_n) \qquad
    h_t = z_t \odot n_t + (1 - z_t) \odot h_{t-1}
    \end{aligned}`,
  options: { bias: biasOptions.bias },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias }) => ({
    kernel: glorotUniform([inputSize, 2 * H]),
    recurrentKernel: orthogonalPerGate([H, 3 * H]),
    ...(inputSize !== H && { shortcutKernel: glorotUniform([inputSize, H]) }),
    ...(bias && { bias: gateBias([0, 0, 0], H) }),
  }),
  step({ kernel, recurrentKernel, shortcutKernel, bias }, { h }, x, { onCandidate }) {
    const [xz, xn] = split(x.matmul(kernel), 2)
    const [updateKernel, resetKernel, candidateKernel] = split(recurrentKernel, 3)
    const [bz, br, bn] = bias === undefined ? [0, 0, 0] : split(bias, 3)
    const shortcut = shortcutKernel ? x.matmul(shortcutKernel) : x
    const z = sigmoid(xz.add(h.matmul(updateKernel)).add(bz))
    const r = sigmoid(shortcut.add(h.matmul(resetKernel)).add(br))
    const n = offer(tanh(xn.add(r.mul(h).matmul(candidateKernel)).add(bn)), onCandidate)
    return { h: z.mul(n).add(sub(1, z).mul(h)) }
  },
})
