import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly bias?: Vector
}

export const minLstm: ScalarCell = {
  source: 'Feng et al. 2024, section 3.2; blocks f, i, h',
  step({ kernel, bias }: Params, { h }: { h: Vector }, x) {
    const size = h.length
    const a = (column: number) => weigh(x, kernel, column) + entry(bias, column)
    const next = vector(size, (k) => {
      const f = logistic(a(k))
      const i = logistic(a(size + k))
      return (f / (f + i)) * h[k]! + (i / (f + i)) * a(2 * size + k)
    })
    return { state: { h: next }, output: next }
  },
}
