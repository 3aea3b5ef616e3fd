import { entry, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
}

export const irnn: ScalarCell = {
  source: 'Le, Jaitly & Hinton 2015, section 3',
  step({ kernel, recurrentKernel, bias }: Params, { h }: { h: Vector }, x) {
    const next = vector(h.length, (k) => {
      const a = weigh(x, kernel, k) + weigh(h, recurrentKernel, k) + entry(bias, k)
      return Math.max(0, a)
    })
    return { state: { h: next }, output: next }
  },
}
