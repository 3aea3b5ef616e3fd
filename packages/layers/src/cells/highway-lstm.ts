import { sigmoid, split, stack, tanh, unstack, type Tensor } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { constantInit, gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'
import { peek, peepholeWeights } from '../peepholes.js'

/**
 * Highway LSTM: layers of an LSTM, where a gate adds of the cell of each layer to that of the one above. Gates are packed in
 * the order i, f, g, o.
 */
export const highwayLstm = defineCell({
  name: 'highway-lstm',
  title: 'Highway LSTM',
  cite: ['zhang2016'],
  equations: String.raw`
    \begin{aligned}
    d^l_t &= \sigma(W^l_d h^{l-1}_t + w^l \odot c^l_{t-1} + u^l \odot c^{l-1}_t + b^l_d) \\
    c^l_t &= d^l_t \odot c^{l-1}_t + f^l_t \odot c^l_{t-1} + i^l_t \odot g^l_t \qquad
    h^l_t = o^l_t \odot \tanh c^l_t \qquad h^0_t = x_t, \ c^0_t = 0, \ h_t = h^L_t \\
    i^l_t, f^l_t, o^l_t &= \sigma(W^l h^{l-1}_t + R^l h^l_{t-1} + b^l) \qquad
    g^l_t = \tanh(W^l_g h^{l-1}_t + R^l_g h^l_{t-1} + b^l_g)
    \end{aligned}`,
  options: {
    depth: { type: 'number', default: 2, min: 1, integer: true, doc: 'layers' },
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gates' },
    carryBias: { type: 'number', default: 0, doc: 'initial bias of the gates from layer to layer' },
    bias: biasOptions.bias,
  },
  outputSize: ({ hiddenSize }) => hiddenSize,
  state: ({ hiddenSize: H }, { depth }) => ({ h: [depth, H], c: [depth, H] }),
  params: ({ inputSize, hiddenSize: H }, { depth, forgetBias, carryBias, bias }) => ({
    layers: Array.from({ length: depth }, (_, l) => ({
      kernel: glorotUniform([l === 0 ? inputSize : H, 4 * H]),
      recurrentKernel: orthogonalPerGate([H, 4 * H]),
      ...(bias && { bias: gateBias([0, forgetBias, 0, 0], H) }),
      ...(l > 0 && {
        carry: {
          kernel: glorotUniform([H, H]),
          peepholes: peepholeWeights(['own', 'below'], H),
          ...(bias && { bias: constantInit(carryBias, [H]) }),
        },
      }),
    })),
  }),
  step({ layers }, { h, c }, x, { onCandidate }) {
    const [hs, cs] = [unstack(h, 1), unstack(c, 1)]
    let below = { h: x, c: undefined as Tensor | undefined }
    const next = layers.map(({ kernel, recurrentKernel, bias, carry }, l) => {
      const [old, own] = [hs[l]!, cs[l]!]
      const [i, f, g, o] = split(affine(below.h, kernel, bias).add(old.matmul(recurrentKernel)), 4)
      let cNext = sigmoid(f)
        .mul(own)
        .add(sigmoid(i).mul(offer(tanh(g), onCandidate)))
      if (carry && below.c) {
        const { peepholes } = carry
        const d = peek(
          peek(affine(below.h, carry.kernel, carry.bias), peepholes.own, own),
          peepholes.below,
          below.c,
        )
        cNext = cNext.add(sigmoid(d).mul(below.c))
      }
      below = { h: sigmoid(o).mul(tanh(cNext)), c: cNext }
      return { h: below.h, c: cNext }
    })
    return {
      h: stack(
        next.map((layer) => layer.h),
        1,
      ),
      c: stack(
        next.map((layer) => layer.c),
        1,
      ),
      y: below.h,
    }
  },
})
