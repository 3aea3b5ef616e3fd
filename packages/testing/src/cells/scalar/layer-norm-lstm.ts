import { normalized, type Norm } from './norm.js'
import { logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly norms: { readonly input: Norm; readonly recurrent: Norm; readonly cell: Norm }
  readonly bias: Vector
}

export const layerNormLstm: ScalarCell = {
  source: 'Ba, Kiros & Hinton 2016, equations 20 to 22; blocks i, f, g, o',
  step({ kernel, recurrentKernel, norms, bias }: Params, { h, c }: { h: Vector; c: Vector }, x) {
    const size = c.length
    const fromInput = normalized(
      vector(4 * size, (column) => weigh(x, kernel, column)),
      norms.input,
    )
    const fromState = normalized(
      vector(4 * size, (column) => weigh(h, recurrentKernel, column)),
      norms.recurrent,
    )
    const a = vector(4 * size, (column) => fromInput[column]! + fromState[column]! + bias[column]!)
    const nextC = vector(
      size,
      (k) => logistic(a[size + k]!) * c[k]! + logistic(a[k]!) * Math.tanh(a[2 * size + k]!),
    )
    const seen = normalized(nextC, norms.cell)
    const nextH = vector(size, (k) => logistic(a[3 * size + k]!) * Math.tanh(seen[k]!))
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
