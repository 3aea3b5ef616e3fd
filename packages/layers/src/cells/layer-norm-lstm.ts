import { sigmoid, split, tanh } from '@tapeloop/core'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'
import { normalize, normSpecs } from '../layer-norm.js'

/**
 * LSTM with layer normalisation: what comes from the input and from the state is normalised apart, each over all gates
 * jointly, and the cell on its way to the output; the cell itself goes on as it is. Gates are packed in the order i, f, g, o.
 */
export const layerNormLstm = defineCell({
  name: 'layer-norm-lstm',
  title: 'LSTM with layer normalisation',
  cite: ['ba2016'],
  equations: String.raw`
    \begin{aligned}
    (i_t, f_t, g_t, o_t) &= \mathrm{LN}_x(W x_t) + \mathrm{LN}_h(R h_{t-1}) + b \\
    c_t &= \sigma(f_t) \odot c_{t-1} + \sigma(i_t) \odot \tanh g_t \qquad
    h_t = \sigma(o_t) \odot \tanh(\mathrm{LN}_c(c_t))
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
  },
  fewestUnits: 2,
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { forgetBias }) => ({
    kernel: glorotUniform([inputSize, 4 * H]),
    recurrentKernel: orthogonalPerGate([H, 4 * H]),
    norms: { input: normSpecs(4 * H), recurrent: normSpecs(4 * H), cell: normSpecs(H) },
    bias: gateBias([0, forgetBias, 0, 0], H),
  }),
  step({ kernel, recurrentKernel, norms, bias }, { h, c }, x, { onCandidate }) {
    const fromInput = normalize(x.matmul(kernel), norms.input)
    const fromState = normalize(h.matmul(recurrentKernel), norms.recurrent)
    const [i, f, g, o] = split(fromInput.add(fromState).add(bias), 4)
    const cNext = sigmoid(f)
      .mul(c)
      .add(sigmoid(i).mul(offer(tanh(g), onCandidate)))
    return { h: sigmoid(o).mul(tanh(normalize(cNext, norms.cell))), c: cNext }
  },
})
