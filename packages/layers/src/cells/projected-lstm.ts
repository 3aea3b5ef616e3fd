import { sigmoid, split, tanh } from '@tapeloop/core'
import { affine, biases, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { glorotUniform, orthogonal } from '../initializer.js'
import { peek, peepholeOption, peepholeWeights } from '../peepholes.js'

/**
 * LSTM whose output is a projection of its `hiddenSize` cells to `outputSize` features, and so is what recurs (LSTMP; the
 * second, non-recurrent projection of the paper is a `linear` above it). Without peepholes it is PyTorch's LSTM with
 * proj_size. Gates are packed in the order i, f, g, o.
 */
export const projectedLstm = defineCell({
  name: 'projected-lstm',
  title: 'LSTM with recurrent projection',
  cite: ['sak2014'],
  equations: String.raw`
    \begin{aligned}
    i_t &= \sigma(W_i x_t + R_i h_{t-1} + p_i \odot c_{t-1} + b_i) \qquad
    f_t = \sigma(W_f x_t + R_f h_{t-1} + p_f \odot c_{t-1} + b_f) \\
    g_t &= \tanh(W_g x_t + R_g h_{t-1} + b_g) \qquad c_t = f_t \odot c_{t-1} + i_t \odot g_t \\
    o_t &= \sigma(W_o x_t + R_o h_{t-1} + p_o \odot c_t + b_o) \qquad h_t = W_p (o_t \odot \tanh c_t)
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    ...biasOptions,
    ...peepholeOption,
    outputSize: {
      type: 'number',
      default: 0,
      min: 0,
      integer: true,
      doc: 'features of the output; 0: as many as hiddenSize',
    },
  },
  state: ({ hiddenSize: H }, { outputSize }) => ({ h: [outputSize || H], c: [H] }),
  params: ({ inputSize, hiddenSize: H }, { outputSize, peepholes, ...options }) => ({
    kernel: glorotUniform([inputSize, 4 * H]),
    recurrentKernel: orthogonal([outputSize || H, 4 * H]),
    projectionKernel: glorotUniform([H, outputSize || H]),
    ...(peepholes && { peepholes: peepholeWeights(['i', 'f', 'o'], H) }),
    ...biases(options, [0, options.forgetBias, 0, 0], H),
  }),
  step(
    { kernel, recurrentKernel, projectionKernel, peepholes, bias, recurrentBias },
    { h, c },
    x,
    { onCandidate },
  ) {
    const z = affine(x, kernel, bias).add(affine(h, recurrentKernel, recurrentBias))
    const [zi, zf, zg, zo] = split(z, 4)
    const i = sigmoid(peek(zi, peepholes?.i, c))
    const f = sigmoid(peek(zf, peepholes?.f, c))
    const cNext = f.mul(c).add(i.mul(offer(tanh(zg), onCandidate)))
    const o = sigmoid(peek(zo, peepholes?.o, cNext))
    return { h: o.mul(tanh(cNext)).matmul(projectionKernel), c: cNext }
  },
})
