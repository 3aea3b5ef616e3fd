import { normalized, type Norm } from './norm.js'
import { logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly norms: { readonly input: Norm; readonly recurrent: Norm; readonly cell: Norm }
}

export const cellNormLstm: ScalarCell = {
  source: "PyTorch's custom_lstms.py, LayerNormLSTMCell; blocks i, f, g, o",
  step({ kernel, recurrentKernel, norms }: Params, { h, c }: { h: Vector; c: Vector }, x) {
    const size = c.length
    const fromInput = normalized(
      vector(4 * size, (column) => weigh(x, kernel, column)),
      norms.input,
    )
    const fromState = normalized(
      vector(4 * size, (column) => weigh(h, recurrentKernel, column)),
      norms.recurrent,
    )
    const a = vector(4 * size, (column) => fromInput[column]! + fromState[column]!)
    const free = vector(
      size,
      (k) => logistic(a[size + k]!) * c[k]! + logistic(a[k]!) * Math.tanh(a[2 * size + k]!),
    )
    const nextC = normalized(free, norms.cell)
    const nextH = vector(size, (k) => logistic(a[3 * size + k]!) * Math.tanh(nextC[k]!))
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
