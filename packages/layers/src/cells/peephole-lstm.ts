import { clip, sigmoid, split, tanh } from '@tapeloop/core'
import { affine, biases, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { glorotUniform, orthogonalPerGate, zerosInit } from '../initializer.js'

/**
 * LSTM whose gates see the cell: i and f the old one, o the new one, through diagonal weights. Gates are packed in the
 * order i, f, g, o. The gradient is that of the equations, peepholes included (Greff et al. 2017, not Gers's truncated one).
 * With `cellClip` the output gate, the output and the next step see the bounded cell.
 */
export const peepholeLstm = defineCell({
  name: 'peephole-lstm',
  title: 'LSTM with peephole connections',
  cite: ['gers2000peephole', 'gers2002', 'greff2017'],
  equations: String.raw`
    \begin{aligned}
    i_t &= \sigma(W_i x_t + R_i h_{t-1} + p_i \odot c_{t-1} + b_i) \qquad
    f_t = \sigma(W_f x_t + R_f h_{t-1} + p_f \odot c_{t-1} + b_f) \\
    g_t &= \tanh(W_g x_t + R_g h_{t-1} + b_g) \qquad c_t = f_t \odot c_{t-1} + i_t \odot g_t \\
    o_t &= \sigma(W_o x_t + R_o h_{t-1} + p_o \odot c_t + b_o) \qquad h_t = o_t \odot \tanh c_t
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    ...biasOptions,
    cellClip: { type: 'number', default: 0, min: 0, doc: 'keep every cell within ± this; 0: unbounded' },
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize }, options) => ({
    kernel: glorotUniform([inputSize, 4 * hiddenSize]),
    recurrentKernel: orthogonalPerGate([hiddenSize, 4 * hiddenSize]),
    peepholes: { i: zerosInit([hiddenSize]), f: zerosInit([hiddenSize]), o: zerosInit([hiddenSize]) },
    ...biases(options, [0, options.forgetBias, 0, 0], hiddenSize),
  }),
  step({ kernel, recurrentKernel, peepholes, bias, recurrentBias }, { h, c }, x, { cellClip, onCandidate }) {
    const z = affine(x, kernel, bias).add(affine(h, recurrentKernel, recurrentBias))
    const [zi, zf, zg, zo] = split(z, 4)
    const i = sigmoid(zi.add(peepholes.i.mul(c)))
    const f = sigmoid(zf.add(peepholes.f.mul(c)))
    const free = f.mul(c).add(i.mul(offer(tanh(zg), onCandidate)))
    const cNext = cellClip > 0 ? clip(free, -cellClip, cellClip) : free
    const o = sigmoid(zo.add(peepholes.o.mul(cNext)))
    return { h: o.mul(tanh(cNext)), c: cNext }
  },
})
