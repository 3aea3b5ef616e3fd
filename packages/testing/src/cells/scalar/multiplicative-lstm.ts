import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly factors: { readonly kernel: Matrix; readonly recurrentKernel: Matrix }
  readonly bias?: Vector
}

export const multiplicativeLstm: ScalarCell = {
  source: 'Krause et al. 2017, section 2; blocks i, f, g, o',
  step({ kernel, recurrentKernel, factors, bias }: Params, { h, c }: { h: Vector; c: Vector }, x) {
    const size = c.length
    const m = vector(size, (k) => weigh(x, factors.kernel, k) * weigh(h, factors.recurrentKernel, k))
    const a = (column: number) =>
      weigh(x, kernel, column) + weigh(m, recurrentKernel, column) + entry(bias, column)
    const nextC = vector(size, (k) => {
      const i = logistic(a(k))
      const f = logistic(a(size + k))
      return f * c[k]! + i * Math.tanh(a(2 * size + k))
    })
    const nextH = vector(size, (k) => logistic(a(3 * size + k)) * Math.tanh(nextC[k]!))
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
