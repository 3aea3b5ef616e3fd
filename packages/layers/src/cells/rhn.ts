import { sigmoid, split, sub, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'

/**
 * Recurrent highway network, its carry gate coupled to the transform gate: `depth` highway layers between one time step
 * and the next, of which the first sees the input. Candidate and gate are packed in the order n, t.
 */
export const rhn = defineCell({
  name: 'rhn',
  title: 'Recurrent highway network',
  cite: ['zilly2017'],
  equations: String.raw`
    \begin{aligned}
    s^0_t &= h_{t-1} \qquad
    n^l_t = \tanh([l = 1]\, W_n x_t + R^l_n s^{l-1}_t + b^l_n) \qquad
    t^l_t = \sigma([l = 1]\, W_t x_t + R^l_t s^{l-1}_t + b^l_t) \\
    s^l_t &= n^l_t \odot t^l_t + s^{l-1}_t \odot (1 - t^l_t) \qquad h_t = s^L_t
    \end{aligned}`,
  options: {
    depth: { type: 'number', default: 3, min: 1, integer: true, doc: 'highway layers in a step' },
    transformBias: {
      type: 'number',
      default: -2,
      doc: 'initial bias of the transform gates; below 0 they keep',
    },
    bias: biasOptions.bias,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { depth, transformBias, bias }) => ({
    kernel: glorotUniform([inputSize, 2 * H]),
    layers: Array.from({ length: depth }, () => ({
      recurrentKernel: orthogonalPerGate([H, 2 * H]),
      ...(bias && { bias: gateBias([0, transformBias], H) }),
    })),
  }),
  step({ kernel, layers }, { h }, x, { onCandidate }) {
    let s = h
    for (const [l, { recurrentKernel, bias }] of layers.entries()) {
      const z = affine(s, recurrentKernel, bias)
      const [n, zt] = split(l === 0 ? z.add(x.matmul(kernel)) : z, 2)
      const t = sigmoid(zt)
      s = offer(tanh(n), onCandidate)
        .mul(t)
        .add(s.mul(sub(1, t)))
    }
    return { h: s }
  },
})
