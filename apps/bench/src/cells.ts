/** The cells of the benchmarks: the registry's, and two that a user might write. */
import { concat, sigmoid, split, sub, tanh } from '@tapeloop/core'
import {
  cells as registry,
  constantInit,
  defineCell,
  gateBias,
  glorotUniform,
  layerNorm,
  zerosInit,
  type Cell,
} from '@tapeloop/layers'

const gains = (size: number) => ({ gain: constantInit(1, [size]), bias: zerosInit([size]) })

/** LSTM with layer normalisation of both products and of the cell (Ba, Kiros & Hinton 2016, supplement, equations 20 to 22). */
const layerNormLstm = defineCell({
  name: 'layer-norm-lstm',
  title: 'LSTM with layer normalisation',
  cite: ['ba2016'],
  equations: String.raw`(i, f, g, o) = \mathrm{LN}(W x_t) + \mathrm{LN}(R h_{t-1}) + b \qquad h_t = o \odot \tanh \mathrm{LN}(c_t)`,
  options: {},
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize }) => ({
    kernel: glorotUniform([inputSize, 4 * hiddenSize]),
    recurrentKernel: glorotUniform([hiddenSize, 4 * hiddenSize]),
    bias: gateBias([0, 1, 0, 0], hiddenSize),
    ofInput: gains(4 * hiddenSize),
    ofState: gains(4 * hiddenSize),
    ofCell: gains(hiddenSize),
  }),
  step({ kernel, recurrentKernel, bias, ofInput, ofState, ofCell }, { h, c }, x) {
    const gates = layerNorm({ size: bias.shape[0]! })
    const z = gates.apply(ofInput, x.matmul(kernel)).add(gates.apply(ofState, h.matmul(recurrentKernel)))
    const [i, f, g, o] = split(z.add(bias), 4)
    const cNext = sigmoid(f)
      .mul(c)
      .add(sigmoid(i).mul(tanh(g)))
    return {
      h: sigmoid(o).mul(tanh(layerNorm({ size: c.shape[1]! }).apply(ofCell, cNext))),
      c: cNext,
    }
  },
})

/** One gate of the cell below: a product of `[x, h]`, as papers write it. */
const gate = (inputSize: number, hiddenSize: number, start: number) => ({
  kernel: glorotUniform([inputSize + hiddenSize, hiddenSize]),
  bias: gateBias([start], hiddenSize),
})

/** Written as a user would, for the paper and not for speed: gates apart, and what is not forgotten is written. */
const user = defineCell({
  name: 'user',
  title: 'LSTM whose input gate is what the forget gate leaves',
  cite: ['greff2017'],
  equations: String.raw`c_t = f \odot c_{t-1} + (1 - f) \odot \tanh(W_g [x_t, h_{t-1}] + b_g) \qquad h_t = o \odot \tanh c_t`,
  options: {},
  state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
  params: ({ inputSize, hiddenSize }) => ({
    forget: gate(inputSize, hiddenSize, 1),
    candidate: gate(inputSize, hiddenSize, 0),
    output: gate(inputSize, hiddenSize, 0),
  }),
  step({ forget, candidate, output }, { h, c }, x) {
    const xh = concat([x, h], 1)
    const f = sigmoid(xh.matmul(forget.kernel).add(forget.bias))
    const g = tanh(xh.matmul(candidate.kernel).add(candidate.bias))
    const o = sigmoid(xh.matmul(output.kernel).add(output.bias))
    const cNext = f.mul(c).add(sub(1, f).mul(g))
    return { h: o.mul(tanh(cNext)), c: cNext }
  },
})

/** Every cell that a benchmark can run, by name. */
export const cells: Readonly<Record<string, Cell>> = {
  ...registry,
  [layerNormLstm.name]: layerNormLstm,
  [user.name]: user,
}
