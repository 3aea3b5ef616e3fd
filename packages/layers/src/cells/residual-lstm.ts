import { sigmoid, split, tanh } from '@tapeloop/core'
import { biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, orthogonal, zerosInit } from '../initializer.js'

/**
 * The published residual LSTM: a spatial shortcut from the layer below, inside the output gate. `hiddenSize` cells,
 * `outputSize` outputs (as many, unless said); gates are packed in the order i, f, g, o. The shortcut is the identity
 * where the input has as many features as the output. With unequal sizes the output gate's peephole is a full matrix.
 */
export const residualLstm = defineCell({
  name: 'residual-lstm',
  title: 'Residual LSTM',
  cite: ['kim2017'],
  equations: String.raw`
    \begin{aligned}
    i_t, f_t &= \sigma(W x_t + R h_{t-1} + p \odot c_{t-1} + b) \qquad
    c_t = f_t \odot c_{t-1} + i_t \odot \tanh(W_c x_t + R_c h_{t-1} + b_c) \\
    o_t &= \sigma(W_o x_t + R_o h_{t-1} + p_o \odot c_t + b_o) \qquad
    h_t = o_t \odot (W_p \tanh c_t + W_h x_t)
    \end{aligned}`,
  options: {
    forgetBias: { type: 'number', default: 1, doc: 'initial bias of the forget gate' },
    bias: biasOptions.bias,
    peepholes: { type: 'boolean', default: true, doc: 'let the gates see the cell' },
    projection: {
      type: 'boolean',
      default: true,
      doc: 'multiply tanh(c) by a matrix before the shortcut is added',
    },
    outputSize: {
      type: 'number',
      default: 0,
      min: 0,
      integer: true,
      doc: 'features of the output; 0: as many as hiddenSize',
    },
  },
  state: ({ hiddenSize }, { outputSize }) => ({ h: [outputSize || hiddenSize], c: [hiddenSize] }),
  params({ inputSize, hiddenSize: H }, { forgetBias, bias, peepholes, projection, outputSize }) {
    const O = outputSize || H
    return {
      kernel: glorotUniform([inputSize, 3 * H + O]),
      recurrentKernel: orthogonal([O, 3 * H + O]),
      ...(bias && { bias: { ifg: gateBias([0, forgetBias, 0], H), o: zerosInit([O]) } }),
      ...(peepholes && {
        peepholes: {
          i: zerosInit([H]),
          f: zerosInit([H]),
          o: O === H ? zerosInit([H]) : glorotUniform([H, O]),
        },
      }),
      ...((projection || O !== H) && { projectionKernel: glorotUniform([H, O]) }),
      ...(inputSize !== O && { shortcutKernel: glorotUniform([inputSize, O]) }),
    }
  },
  step(
    { kernel, recurrentKernel, bias, peepholes, projectionKernel, shortcutKernel },
    { h, c },
    x,
    { onCandidate },
  ) {
    const [H, O] = [c.shape[1]!, h.shape[1]!]
    const z = x.matmul(kernel).add(h.matmul(recurrentKernel))
    const [zifg, zo] = split(z, [3 * H, O]) as [typeof z, typeof z]
    const [zi, zf, zg] = split(bias ? zifg.add(bias.ifg) : zifg, 3)
    const i = sigmoid(peepholes ? zi.add(peepholes.i.mul(c)) : zi)
    const f = sigmoid(peepholes ? zf.add(peepholes.f.mul(c)) : zf)
    const cNext = f.mul(c).add(i.mul(offer(tanh(zg), onCandidate)))
    const seen = peepholes && (peepholes.o.rank === 1 ? peepholes.o.mul(cNext) : cNext.matmul(peepholes.o))
    const gate = bias ? zo.add(bias.o) : zo
    const o = sigmoid(seen ? gate.add(seen) : gate)
    const m = projectionKernel ? tanh(cNext).matmul(projectionKernel) : tanh(cNext)
    const shortcut = shortcutKernel ? x.matmul(shortcutKernel) : x
    return { h: o.mul(m.add(shortcut)), c: cNext }
  },
})
