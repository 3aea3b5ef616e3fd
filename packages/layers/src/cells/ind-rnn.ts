import { relu, uniform } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell } from '../cell.js'
import { glorotUniform, zerosInit } from '../initializer.js'

/**
 * Independently recurrent network: each unit sees of the state itself alone, by one weight, drawn from [0, 1]. Layers on
 * top mix the units.
 */
export const indRnn = defineCell({
  name: 'ind-rnn',
  title: 'Independently recurrent network',
  cite: ['li2018'],
  equations: String.raw`h_t = \mathrm{relu}(W x_t + u \odot h_{t-1} + b)`,
  options: { bias: biasOptions.bias },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias }) => ({
    kernel: glorotUniform([inputSize, H]),
    recurrentWeights: { shape: [H], draw: (key, dtype) => uniform(key, [H], { dtype }) },
    ...(bias && { bias: zerosInit([H]) }),
  }),
  step({ kernel, recurrentWeights, bias }, { h }, x) {
    return { h: relu(affine(x, kernel, bias).add(recurrentWeights.mul(h))) }
  },
})
