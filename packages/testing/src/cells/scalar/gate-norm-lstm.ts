import { normalized, type Norm } from './norm.js'
import { logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly norms: { readonly [gate in 'i' | 'f' | 'g' | 'o' | 'cell']: Norm }
}

export const gateNormLstm: ScalarCell = {
  source:
    "Ba, Kiros & Hinton 2016, equation 4, over each gate apart as in TensorFlow's LayerNormBasicLSTMCell; blocks i, f, g, o",
  step({ kernel, recurrentKernel, norms }: Params, { h, c }: { h: Vector; c: Vector }, x) {
    const size = c.length
    const gate = (block: number, norm: Norm) =>
      normalized(
        vector(size, (k) => {
          const column = block * size + k
          return weigh(x, kernel, column) + weigh(h, recurrentKernel, column)
        }),
        norm,
      )
    const [i, f, g, o] = [gate(0, norms.i), gate(1, norms.f), gate(2, norms.g), gate(3, norms.o)]
    const nextC = vector(size, (k) => logistic(f[k]!) * c[k]! + logistic(i[k]!) * Math.tanh(g[k]!))
    const seen = normalized(nextC, norms.cell)
    const nextH = vector(size, (k) => logistic(o[k]!) * Math.tanh(seen[k]!))
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
