import { relu } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell } from '../cell.js'
import { identityInit, normalInit, zerosInit } from '../initializer.js'

/**
 * IRNN: rectified linear units that at first add up their inputs, for the recurrent kernel starts as the identity and the
 * weights of the input near 0.
 */
export const irnn = defineCell({
  name: 'irnn',
  title: 'Rectified network that starts as the identity (IRNN)',
  cite: ['le2015'],
  equations: String.raw`h_t = \mathrm{relu}(W x_t + R h_{t-1} + b), \quad R_0 = I`,
  options: { bias: biasOptions.bias },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias }) => ({
    kernel: normalInit(0.001, [inputSize, H]),
    recurrentKernel: identityInit([H, H]),
    ...(bias && { bias: zerosInit([H]) }),
  }),
  step({ kernel, recurrentKernel, bias }, { h }, x) {
    return { h: relu(affine(x, kernel, bias).add(h.matmul(recurrentKernel))) }
  },
})
