import { sigmoid, split, tanh } from '@tapeloop/core'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate } from '../initializer.js'
import { normalize, normSpecs } from '../layer-norm.js'

/**
 * Layer normalisation as in the LSTM that PyTorch ships as an example of TorchScript (custom_lstms.py, LayerNormLSTMCell):
 * unlike in the paper the normalised cell goes on, and the only biases are those of the norms. Gates are packed in the
 * order i, f, g, o.
 */
export const cellNormLstm = defineCell({
  name: 'cell-norm-lstm',
  title: 'LSTM with layer normalisation of the cell that goes on',
  cite: ['ba2016'],
  equations: String.raw`
    \begin{aligned}
    (i_t, f_t, g_t, o_t) &= \mathrm{LN}_x(W x_t) + \mathrm{LN}_h(R h_{t-1}) \\
    c_t &= \mathrm{LN}_c(\sigma(f_t) \odot c_{t-1} + \sigma(i_t) \odot \tanh g_t) \qquad
    h_t = \sigma(o_t) \odot \tanh c_t
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
      input: { ...normSpecs(4 * H), bias: gateBias([0, forgetBias, 0, 0], H) },
      recurrent: normSpecs(4 * H),
      cell: normSpecs(H),
    },
  }),
  step({ kernel, recurrentKernel, norms }, { h, c }, x, { onCandidate }) {
    const fromInput = normalize(x.matmul(kernel), norms.input)
    const fromState = normalize(h.matmul(recurrentKernel), norms.recurrent)
    const [i, f, g, o] = split(fromInput.add(fromState), 4)
    const free = sigmoid(f)
      .mul(c)
      .add(sigmoid(i).mul(offer(tanh(g), onCandidate)))
    const cNext = normalize(free, norms.cell)
    return { h: sigmoid(o).mul(tanh(cNext)), c: cNext }
  },
})
