import { entry, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentWeights: Vector
  readonly bias?: Vector
}

export const indRnn: ScalarCell = {
  source: 'Li et al. 2018, equation 4',
  step({ kernel, recurrentWeights, bias }: Params, { h }: { h: Vector }, x) {
    const next = vector(h.length, (k) => {
      const a = weigh(x, kernel, k) + recurrentWeights[k]! * h[k]! + entry(bias, k)
      return Math.max(0, a)
    })
    return { state: { h: next }, output: next }
  },
}
