import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
  readonly updateBias?: Vector
}

export const minimalRnn: ScalarCell = {
  source:
    'Chen 2017, equations 1 to 3, with a tanh layer as the embedding of the input; from the state, from the input',
  step({ kernel, recurrentKernel, bias, updateBias }: Params, { h }: { h: Vector }, x) {
    const size = h.length
    const z = vector(size, (k) => Math.tanh(weigh(x, kernel, k) + entry(bias, k)))
    const next = vector(size, (k) => {
      const sums = weigh(h, recurrentKernel, k) + weigh(z, recurrentKernel, size + k)
      const u = logistic(sums + entry(updateBias, k))
      return u * h[k]! + (1 - u) * z[k]!
    })
    return { state: { h: next }, output: next }
  },
}
