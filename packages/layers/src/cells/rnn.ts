import { relu, tanh } from '@tapeloop/core'
import { affine, biases, biasOptions } from '../affine.js'
import { defineCell } from '../cell.js'
import { glorotUniform, orthogonal } from '../initializer.js'

/** The simple recurrent network: one layer of units that see the input and what they were a step ago. */
export const rnn = defineCell({
  name: 'rnn',
  title: 'Simple recurrent network',
  cite: ['elman1990'],
  equations: String.raw`h_t = \phi(W x_t + R h_{t-1} + b)`,
  options: {
    activation: { type: 'choice', choices: ['tanh', 'relu'], default: 'tanh', doc: 'the nonlinearity φ' },
    ...biasOptions,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize }, options) => ({
    kernel: glorotUniform([inputSize, hiddenSize]),
    recurrentKernel: orthogonal([hiddenSize, hiddenSize]),
    ...biases(options, [0], hiddenSize),
  }),
  step({ kernel, recurrentKernel, bias, recurrentBias }, { h }, x, { activation }) {
    const z = affine(x, kernel, bias).add(affine(h, recurrentKernel, recurrentBias))
    return { h: activation === 'tanh' ? tanh(z) : relu(z) }
  },
})
