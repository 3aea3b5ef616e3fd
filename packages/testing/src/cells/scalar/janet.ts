import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
}

export const janet: ScalarCell = {
  source: 'van der Westhuizen & Lasenby 2018, section 2 with the constant β; blocks f, g',
  step({ kernel, recurrentKernel, bias }: Params, { h }: { h: Vector }, x, { beta }: { beta: number }) {
    const size = h.length
    const a = (column: number) =>
      weigh(x, kernel, column) + weigh(h, recurrentKernel, column) + entry(bias, column)
    const next = vector(size, (k) => {
      const s = a(k)
      return logistic(s) * h[k]! + (1 - logistic(s - beta)) * Math.tanh(a(size + k))
    })
    return { state: { h: next }, output: next }
  },
}
