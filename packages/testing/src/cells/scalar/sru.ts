import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly cellWeights: { readonly f: Vector; readonly r: Vector }
  readonly shortcutKernel?: Matrix
  readonly bias?: Vector
}

export const sru: ScalarCell = {
  source: 'Lei et al. 2018, section 3, equations 1 to 4, and its scaling α; blocks x, f, r',
  step(
    { kernel, cellWeights, shortcutKernel, bias }: Params,
    { c }: { c: Vector },
    x,
    { highwayScale }: { highwayScale: number },
  ) {
    const size = c.length
    const next = vector(size, (k) => {
      const f = logistic(weigh(x, kernel, size + k) + cellWeights.f[k]! * c[k]! + entry(bias, k))
      return f * c[k]! + (1 - f) * weigh(x, kernel, k)
    })
    const output = vector(size, (k) => {
      const r = logistic(weigh(x, kernel, 2 * size + k) + cellWeights.r[k]! * c[k]! + entry(bias, size + k))
      const shortcut = shortcutKernel ? weigh(x, shortcutKernel, k) : x[k]!
      return r * next[k]! + (1 - r) * highwayScale * shortcut
    })
    return { state: { c: next }, output }
  },
}
