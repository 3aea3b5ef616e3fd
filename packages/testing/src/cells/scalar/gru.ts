import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
  readonly recurrentBias?: Vector
}

export const gru: ScalarCell = {
  source:
    "blocks r, z, n; reset after the product as in PyTorch's documentation of GRU, before it as in Cho et al. 2014 (v3)",
  step(
    { kernel, recurrentKernel, bias, recurrentBias }: Params,
    { h }: { h: Vector },
    x,
    { resetAfter }: { resetAfter: boolean },
  ) {
    const size = h.length
    const fromInput = (block: number, k: number) =>
      weigh(x, kernel, block * size + k) + entry(bias, block * size + k)
    const fromState = (block: number, k: number, state: Vector) =>
      weigh(state, recurrentKernel, block * size + k) + entry(recurrentBias, block * size + k)

    const r = vector(size, (k) => logistic(fromInput(0, k) + fromState(0, k, h)))
    const z = vector(size, (k) => logistic(fromInput(1, k) + fromState(1, k, h)))
    const reset = vector(size, (k) => r[k]! * h[k]!)
    const n = vector(size, (k) =>
      resetAfter
        ? Math.tanh(fromInput(2, k) + r[k]! * fromState(2, k, h))
        : Math.tanh(fromInput(2, k) + fromState(2, k, reset)),
    )
    const next = vector(size, (k) => (1 - z[k]!) * n[k]! + z[k]! * h[k]!)
    return { state: { h: next }, output: next }
  },
}
