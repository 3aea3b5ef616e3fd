import { sigmoid, split, sub, tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell } from '../cell.js'
import { gateBias, glorotUniform, orthogonalPerGate, zerosInit } from '../initializer.js'

/** MinimalRNN: the input is embedded into the space of the state, and one gate mixes the two. u = 1 keeps. */
export const minimalRnn = defineCell({
  name: 'minimal-rnn',
  title: 'MinimalRNN',
  cite: ['chen2017'],
  equations: String.raw`
    \begin{aligned}
    z_t &= \tanh(W x_t + b) \qquad u_t = \sigma(R_h h_{t-1} + R_z z_t + b_u) \\
    h_t &= u_t \odot h_{t-1} + (1 - u_t) \odot z_t
    \end{aligned}`,
  options: {
    updateBias: { type: 'number', default: 1, doc: 'initial bias of the update gate; above 0 it keeps' },
    bias: biasOptions.bias,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { updateBias, bias }) => ({
    kernel: glorotUniform([inputSize, H]),
    recurrentKernel: orthogonalPerGate([H, 2 * H]), // from the state, from the embedded input
    ...(bias && { bias: zerosInit([H]), updateBias: gateBias([updateBias], H) }),
  }),
  step({ kernel, recurrentKernel, bias, updateBias }, { h }, x) {
    const [fromState, fromInput] = split(recurrentKernel, 2)
    const z = tanh(affine(x, kernel, bias))
    const u = sigmoid(affine(h, fromState, updateBias).add(z.matmul(fromInput)))
    return { h: u.mul(h).add(sub(1, u).mul(z)) }
  },
})
