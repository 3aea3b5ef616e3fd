import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly bias?: Vector
}

export const minGru: ScalarCell = {
  source: 'Feng et al. 2024, section 3.1, and g of appendix B; blocks z, h',
  step({ kernel, bias }: Params, { h }: { h: Vector }, x, { candidate }: { candidate: string }) {
    const size = h.length
    const a = (column: number) => weigh(x, kernel, column) + entry(bias, column)
    const next = vector(size, (k) => {
      const z = logistic(a(k))
      const v = a(size + k)
      const positive = v >= 0 ? v + 0.5 : logistic(v)
      return (1 - z) * h[k]! + z * (candidate === 'positive' ? positive : v)
    })
    return { state: { h: next }, output: next }
  },
}
