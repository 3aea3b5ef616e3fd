import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly bias?: Vector
}

export const minLstm: ScalarCell = {
  source: 'Feng et al. 2024, section 3.2, and g of appendix B; blocks f, i, h',
  step({ kernel, bias }: Params, { h }: { h: Vector }, x, { candidate }: { candidate: string }) {
    const size = h.length
    const a = (column: number) => weigh(x, kernel, column) + entry(bias, column)
    const next = vector(size, (k) => {
      const f = logistic(a(k))
      const i = logistic(a(size + k))
      const v = a(2 * size + k)
      const positive = v >= 0 ? v + 0.5 : logistic(v)
      return (f / (f + i)) * h[k]! + (i / (f + i)) * (candidate === 'positive' ? positive : v)
    })
    return { state: { h: next }, output: next }
  },
}
