import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
}

export const mgu: ScalarCell = {
  source: 'Zhou, Wu, Zhang & Zhou 2016, section 3.1; blocks f, n',
  step({ kernel, recurrentKernel, bias }: Params, { h }: { h: Vector }, x) {
    const size = h.length
    const fromInput = (column: number) => weigh(x, kernel, column) + entry(bias, column)
    const f = vector(size, (k) => logistic(fromInput(k) + weigh(h, recurrentKernel, k)))
    const reset = vector(size, (k) => f[k]! * h[k]!)
    const next = vector(size, (k) => {
      const n = Math.tanh(fromInput(size + k) + weigh(reset, recurrentKernel, size + k))
      return (1 - f[k]!) * h[k]! + f[k]! * n
    })
    return { state: { h: next }, output: next }
  },
}
