import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  /** by '0', '1', … */
  readonly layers: Readonly<Record<string, { readonly recurrentKernel: Matrix; readonly bias?: Vector }>>
}

export const rhn: ScalarCell = {
  source: 'Zilly et al. 2017, equations 7 to 9, with the carry gate 1 − t; blocks n, t',
  step({ kernel, layers }: Params, { h }: { h: Vector }, x) {
    const size = h.length
    let s = h
    for (let l = 0; l < Object.keys(layers).length; l++) {
      const { recurrentKernel, bias } = layers[l]!
      const below = s
      const a = (column: number) => {
        const own = weigh(below, recurrentKernel, column) + entry(bias, column)
        return l === 0 ? own + weigh(x, kernel, column) : own
      }
      s = vector(size, (k) => {
        const t = logistic(a(size + k))
        return Math.tanh(a(k)) * t + below[k]! * (1 - t)
      })
    }
    return { state: { h: s }, output: s }
  },
}
