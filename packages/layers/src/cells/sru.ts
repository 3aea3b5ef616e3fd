import { sigmoid, split, sub } from '@tapeloop/core'
import { biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { gateBias, glorotUniform, zerosInit } from '../initializer.js'

/**
 * Simple recurrent unit: all products are with the input, and the gates see of the cell each its own unit, the old one. A
 * highway gate mixes the cell with the input, which is projected where it has other features than there are units.
 * Packed in the order x̃, f, r.
 */
export const sru = defineCell({
  name: 'sru',
  title: 'Simple recurrent unit',
  cite: ['lei2018'],
  equations: String.raw`
    \begin{aligned}
    f_t &= \sigma(W_f x_t + v_f \odot c_{t-1} + b_f) \qquad r_t = \sigma(W_r x_t + v_r \odot c_{t-1} + b_r) \\
    c_t &= f_t \odot c_{t-1} + (1 - f_t) \odot (W x_t) \qquad
    h_t = r_t \odot c_t + (1 - r_t) \odot \alpha x_t
    \end{aligned}`,
  options: {
    bias: biasOptions.bias,
    highwayScale: {
      type: 'number',
      default: 1,
      min: 0,
      doc: 'the factor α of the input in the output; √3 keeps its variance where biases start at 0',
    },
  },
  outputSize: ({ hiddenSize }) => hiddenSize,
  state: ({ hiddenSize }) => ({ c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize: H }, { bias }) => ({
    kernel: glorotUniform([inputSize, 3 * H]),
    cellWeights: { f: zerosInit([H]), r: zerosInit([H]) },
    ...(inputSize !== H && { shortcutKernel: glorotUniform([inputSize, H]) }),
    ...(bias && { bias: gateBias([0, 0], H) }),
  }),
  step({ kernel, cellWeights, shortcutKernel, bias }, { c }, x, { highwayScale, onCandidate }) {
    const [candidate, xf, xr] = split(x.matmul(kernel), 3)
    const [bf, br] = bias === undefined ? [0, 0] : split(bias, 2)
    const f = sigmoid(xf.add(cellWeights.f.mul(c)).add(bf))
    const r = sigmoid(xr.add(cellWeights.r.mul(c)).add(br))
    const cNext = f.mul(c).add(sub(1, f).mul(offer(candidate, onCandidate)))
    const shortcut = shortcutKernel ? x.matmul(shortcutKernel) : x
    return { c: cNext, y: r.mul(cNext).add(sub(1, r).mul(shortcut).mul(highwayScale)) }
  },
})
