import { sigmoid, split, sub, tanh } from '@tapeloop/core'
import { affine, biases, biasOptions } from '../affine.js'
import { defineCell, offer } from '../cell.js'
import { glorotUniform, orthogonalPerGate } from '../initializer.js'

/** Gated recurrent unit; gates are packed in the order r, z, n, and z = 1 keeps the state. */
export const gru = defineCell({
  name: 'gru',
  title: 'Gated recurrent unit',
  cite: ['cho2014'],
  equations: String.raw`
    \begin{aligned}
    r_t, z_t &= \sigma(W x_t + R h_{t-1} + b) \\
    n_t &= \tanh(W_n x_t + b_n + r_t \odot (R_n h_{t-1})) \quad\text{or}\quad \tanh(W_n x_t + b_n + R_n (r_t \odot h_{t-1})) \\
    h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}
    \end{aligned}`,
  gates: ['z', 'r'],
  options: {
    resetAfter: {
      type: 'boolean',
      default: true,
      doc: 'apply the reset gate after the product, as cuDNN and PyTorch do',
    },
    ...biasOptions,
  },
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize }, options) => ({
    kernel: glorotUniform([inputSize, 3 * hiddenSize]),
    recurrentKernel: orthogonalPerGate([hiddenSize, 3 * hiddenSize]),
    ...biases(options, [0, 0, 0], hiddenSize),
  }),
  step({ kernel, recurrentKernel, bias, recurrentBias }, { h }, x, { resetAfter, onCandidate }) {
    const H = h.shape[1]!
    const [xr, xz, xn] = split(affine(x, kernel, bias), 3)
    const [gateKernel, candidateKernel] = split(recurrentKernel, [2 * H, H])
    const [gateBias, candidateBias] = recurrentBias === undefined ? [] : split(recurrentBias, [2 * H, H])
    const [hr, hz] = split(affine(h, gateKernel!, gateBias), 2)
    const r = sigmoid(xr.add(hr))
    const z = sigmoid(xz.add(hz))
    const hn = resetAfter
      ? r.mul(affine(h, candidateKernel!, candidateBias))
      : affine(r.mul(h), candidateKernel!, candidateBias)
    const n = offer(tanh(xn.add(hn)), onCandidate)
    return { h: sub(1, z).mul(n).add(z.mul(h)) }
  },
})
