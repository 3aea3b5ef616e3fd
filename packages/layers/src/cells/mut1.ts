import { sigmoid, split, sub, tanh } from '@tapeloop/core'
import { biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'

/**
 * MUT1, found by evolution: a GRU whose update gate sees the input alone, and whose candidate takes the input itself,
 * projected where it has other features than there are units. z = 1 takes the new. The kernel is packed in the order z, r,
 * the recurrent kernel in the order r, n.
 */
export const mut1 = defineCell({
  name: 'mut1',
  title: 'Mutated gated unit 1 (MUT1)',
  cite: ['jozefowicz2015'],
  equations: String.raw`
    \begin{aligned}
    z_t &= \sigma(W_z x_t + b_z) \qquad r_t = \sigma(W_r x_t + R_r h_{t-1} + b_r) \\
    n_t &= \tanh(R_n (r_t \odot h_{t-1}) + \tanh(x_t) + b_n) \qquad
    h_t = z_t \odot n_t + (1 - z_t) \odot h_{t-1}
    \end{aligned}`,
  options: { bias: biasOptions.bias },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias }) => ({
    kernel: glorotUniform([inputSize, 2 * H]),
    recurrentKernel: orthogonalPerGate([H, 2 * H]),
    ...(inputSize !== H && { shortcutKernel: glorotUniform([inputSize, H]) }),
    ...(bias && { bias: gateBias([0, 0, 0], H) }),
  }),
  step({ kernel, recurrentKernel, shortcutKernel, bias }, { h }, x, { onCandidate }) {
    const [xz, xr] = split(x.matmul(kernel), 2)
    const [gateKernel, candidateKernel] = split(recurrentKernel, 2)
    const [bz, br, bn] = bias === undefined ? [0, 0, 0] : split(bias, 3)
    const shortcut = shortcutKernel ? x.matmul(shortcutKernel) : x
    const z = sigmoid(xz.add(bz))
    const r = sigmoid(xr.add(h.matmul(gateKernel)).add(br))
    const n = offer(tanh(r.mul(h).matmul(candidateKernel).add(tanh(shortcut)).add(bn)), onCandidate)
    return { h: z.mul(n).add(sub(1, z).mul(h)) }
  },
})
