import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
}

export const ugrnn: ScalarCell = {
  source: 'Collins, Sohl-Dickstein & Sussillo 2016, the update gate RNN; blocks c, g',
  step({ kernel, recurrentKernel, bias }: Params, { h }: { h: Vector }, x) {
    const size = h.length
    const a = (column: number) =>
      weigh(x, kernel, column) + weigh(h, recurrentKernel, column) + entry(bias, column)
    const next = vector(size, (k) => {
      const g = logistic(a(size + k))
      return g * h[k]! + (1 - g) * Math.tanh(a(k))
    })
    return { state: { h: next }, output: next }
  },
}
