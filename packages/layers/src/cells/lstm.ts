import { sigmoid, split, tanh } from '@tapeloop/core'
import { affine, biases, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { glorotUniform, orthogonalPerGate } from '../initializer.js'

/** LSTM with a forget gate; gates are packed in the order i, f, g, o along the last axis. */
export const lstm = defineCell({
  name: 'lstm',
  title: 'Long short-term memory',
  cite: ['hochreiter1997', 'gers2000forget'],
  equations: String.raw`
    \begin{aligned}
    i_t, f_t, o_t &= \sigma(W x_t + R h_{t-1} + b) \qquad g_t = \tanh(W_g x_t + R_g h_{t-1} + b_g) \\
    c_t &= f_t \odot c_{t-1} + i_t \odot g_t \qquad h_t = o_t \odot \tanh c_t
    \end{aligned}`,
  gates: ['o', 'f', 'i'],
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    ...biasOptions,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize }, options) => ({
    kernel: glorotUniform([inputSize, 4 * hiddenSize]),
    recurrentKernel: orthogonalPerGate([hiddenSize, 4 * hiddenSize]),
    ...biases(options, [0, options.forgetBias, 0, 0], hiddenSize),
  }),
  step({ kernel, recurrentKernel, bias, recurrentBias }, { h, c }, x, { onCandidate }) {
    const z = affine(x, kernel, bias).add(affine(h, recurrentKernel, recurrentBias))
    const [i, f, g, o] = split(z, 4)
    const cNext = sigmoid(f)
      .mul(c)
      .add(sigmoid(i).mul(offer(tanh(g), onCandidate)))
    return { h: sigmoid(o).mul(tanh(cNext)), c: cNext }
  },
})
