import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly peepholes: { readonly i: Vector; readonly f: Vector; readonly o: Vector }
  readonly bias?: Vector
  readonly recurrentBias?: Vector
}

export const peepholeLstm: ScalarCell = {
  source:
    'Greff et al. 2017, section II, with the blocks i, f, g, o; gates i and f see the old cell, o the new one',
  step(
    { kernel, recurrentKernel, peepholes, bias, recurrentBias }: Params,
    { h, c }: { h: Vector; c: Vector },
    x,
    { cellClip }: { cellClip: number },
  ) {
    const size = c.length
    const sums = (block: number, k: number) => {
      const column = block * size + k
      const weighed = weigh(x, kernel, column) + weigh(h, recurrentKernel, column)
      return weighed + entry(bias, column) + entry(recurrentBias, column)
    }
    const nextC = vector(size, (k) => {
      const i = logistic(sums(0, k) + peepholes.i[k]! * c[k]!)
      const f = logistic(sums(1, k) + peepholes.f[k]! * c[k]!)
      const g = Math.tanh(sums(2, k))
      const free = f * c[k]! + i * g
      return cellClip > 0 ? Math.max(-cellClip, Math.min(cellClip, free)) : free
    })
    const nextH = vector(size, (k) => {
      const o = logistic(sums(3, k) + peepholes.o[k]! * nextC[k]!)
      return o * Math.tanh(nextC[k]!)
    })
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
