import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly bias?: Vector
}

export const qrnn: ScalarCell = {
  source: 'Bradbury et al. 2017, section 2, fo-pooling; blocks z, f, o; the oldest input first',
  step({ kernel, bias }: Params, { c, past }: { c: Vector; past: Vector }, x) {
    const size = c.length
    const seen = [...past, ...x]
    const a = (block: number, k: number) =>
      weigh(seen, kernel, block * size + k) + entry(bias, block * size + k)
    const next = vector(size, (k) => {
      const f = logistic(a(1, k))
      return f * c[k]! + (1 - f) * Math.tanh(a(0, k))
    })
    const output = vector(size, (k) => logistic(a(2, k)) * next[k]!)
    return { state: { c: next, past: seen.slice(x.length) }, output }
  },
}
