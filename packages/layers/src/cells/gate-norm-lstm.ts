import { sigmoid, split, tanh } from '@tapeloop/core'
import { defineCell, offer } from '../cell.js'
import { constantInit, glorotUniform, orthogonalPerGate } from '../initializer.js'
import { normalize, normSpecs } from '../layer-norm.js'

/**
 * LSTM with a layer normalisation for each gate, over its sum of input and state, as in TensorFlow's
 * LayerNormBasicLSTMCell; the cell is normalised on its way to the output alone, as in the paper. The biases are those of
 * the norms. Gates are packed in the order i, f, g, o.
 */
export const gateNormLstm = defineCell({
  name: 'gate-norm-lstm',
  title: 'LSTM with layer normalisation of each gate',
  cite: ['ba2016'],
  equations: String.raw`
    \begin{aligned}
    i_t, f_t, o_t &= \sigma(\mathrm{LN}(W x_t + R h_{t-1})) \qquad
    g_t = \tanh(\mathrm{LN}_g(W_g x_t + R_g h_{t-1})) \\
    c_t &= f_t \odot c_{t-1} + i_t \odot g_t \qquad h_t = o_t \odot \tanh(\mathrm{LN}_c(c_t))
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
  },
  fewestUnits: 2,
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias }) => ({
    kernel: glorotUniform([inputSize, 4 * H]),
    recurrentKernel: orthogonalPerGate([H, 4 * H]),
    norms: {
      i: normSpecs(H),
      f: { ...normSpecs(H), bias: constantInit(forgetBias, [H]) },
      g: normSpecs(H),
      o: normSpecs(H),
      cell: normSpecs(H),
    },
  }),
  step({ kernel, recurrentKernel, norms }, { h, c }, x, { onCandidate }) {
    const [zi, zf, zg, zo] = split(x.matmul(kernel).add(h.matmul(recurrentKernel)), 4)
    const i = sigmoid(normalize(zi, norms.i))
    const f = sigmoid(normalize(zf, norms.f))
    const cNext = f.mul(c).add(i.mul(offer(tanh(normalize(zg, norms.g)), onCandidate)))
    const o = sigmoid(normalize(zo, norms.o))
    return { h: o.mul(tanh(normalize(cNext, norms.cell))), c: cNext }
  },
})
