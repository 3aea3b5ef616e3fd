import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
  readonly recurrentBias?: Vector
}

export const lstm: ScalarCell = {
  source: "Gers, Schmidhuber & Cummins 2000 with the blocks i, f, g, o, PyTorch's documentation of LSTM",
  step({ kernel, recurrentKernel, bias, recurrentBias }: Params, { h, c }: { h: Vector; c: Vector }, x) {
    const size = c.length
    const gate = (block: number, k: number) => {
      const column = block * size + k
      const sums = weigh(x, kernel, column) + weigh(h, recurrentKernel, column)
      return sums + entry(bias, column) + entry(recurrentBias, column)
    }
    const nextC = vector(size, (k) => {
      const i = logistic(gate(0, k))
      const f = logistic(gate(1, k))
      const g = Math.tanh(gate(2, k))
      return f * c[k]! + i * g
    })
    const nextH = vector(size, (k) => logistic(gate(3, k)) * Math.tanh(nextC[k]!))
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
