import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
}

export const mut3: ScalarCell = {
  source: 'Jozefowicz, Zaremba & Sutskever 2015, section 4, MUT3',
  step({ kernel, recurrentKernel, bias }: Params, { h }: { h: Vector }, x) {
    const size = h.length
    const squashed = vector(size, (k) => Math.tanh(h[k]!))
    const reset = vector(size, (k) => {
      const r = logistic(
        weigh(x, kernel, size + k) + weigh(h, recurrentKernel, size + k) + entry(bias, size + k),
      )
      return r * h[k]!
    })
    const next = vector(size, (k) => {
      const z = logistic(weigh(x, kernel, k) + weigh(squashed, recurrentKernel, k) + entry(bias, k))
      const fromInput = weigh(x, kernel, 2 * size + k) + entry(bias, 2 * size + k)
      const n = fromInput + weigh(reset, recurrentKernel, 2 * size + k)
      return z * Math.tanh(n) + (1 - z) * h[k]!
    })
    return { state: { h: next }, output: next }
  },
}
