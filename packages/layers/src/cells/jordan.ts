import { tanh } from '@tapeloop/core'
import { affine, biasOptions } from '../affine.js'
import { defineCell } from '../cell.js'
import { glorotUniform, orthogonal, zerosInit } from '../initializer.js'

/**
 * Jordan's network: what recurs is the output, not the hidden units. The state is a trace of past outputs, of which
 * `decay` is left after a step: 0 keeps the last output alone.
 */
export const jordan = defineCell({
  name: 'jordan',
  title: 'Jordan network',
  cite: ['jordan1986'],
  equations: String.raw`
    \begin{aligned}
    h_t &= \tanh(W x_t + R u_{t-1} + b) \qquad y_t = \tanh(V h_t + c) \\
    u_t &= a\, u_{t-1} + y_t
    \end{aligned}`,
  options: {
    bias: biasOptions.bias,
    decay: {
      type: 'number',
      default: 0,
      min: 0,
      max: 1,
      doc: 'what is left of the trace of outputs after a step',
    },
    outputSize: {
      type: 'number',
      default: 0,
      min: 0,
      integer: true,
      doc: 'features of the output; 0: as many as hiddenSize',
    },
  },
  outputSize: ({ hiddenSize }, { outputSize }) => outputSize || hiddenSize,
  state: ({ hiddenSize }, { outputSize }) => ({ trace: [outputSize || hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias, outputSize }) => ({
    kernel: glorotUniform([inputSize, H]),
    recurrentKernel: orthogonal([outputSize || H, H]),
    outputKernel: glorotUniform([H, outputSize || H]),
    ...(bias && { bias: zerosInit([H]), outputBias: zerosInit([outputSize || H]) }),
  }),
  step({ kernel, recurrentKernel, outputKernel, bias, outputBias }, { trace }, x, { decay }) {
    const h = tanh(affine(x, kernel, bias).add(trace.matmul(recurrentKernel)))
    const y = tanh(affine(h, outputKernel, outputBias))
    return { trace: trace.mul(decay).add(y), y }
  },
})
