import { entry, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
  readonly recurrentBias?: Vector
}

export const rnn: ScalarCell = {
  source: "h' = φ(W x + R h + b), PyTorch's documentation of RNN",
  step(
    { kernel, recurrentKernel, bias, recurrentBias }: Params,
    { h }: { h: Vector },
    x,
    { activation }: { activation: string },
  ) {
    const next = vector(h.length, (k) => {
      const a = weigh(x, kernel, k) + weigh(h, recurrentKernel, k) + entry(bias, k) + entry(recurrentBias, k)
      return activation === 'relu' ? Math.max(0, a) : Math.tanh(a)
    })
    return { state: { h: next }, output: next }
  },
}
