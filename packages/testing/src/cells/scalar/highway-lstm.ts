import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Layer {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
  readonly carry?: {
    readonly kernel: Matrix
    readonly peepholes: { readonly own: Vector; readonly below: Vector }
    readonly bias?: Vector
  }
}

interface State {
  readonly h: Matrix
  readonly c: Matrix
}

export const highwayLstm: ScalarCell = {
  source: 'Zhang et al. 2016, its depth gate, in an LSTM without projection and peepholes; blocks i, f, g, o',
  step({ layers }: { layers: Readonly<Record<string, Layer>> }, { h, c }: State, x) {
    const nextH: Vector[] = []
    const nextC: Vector[] = []
    for (let l = 0; l < c.length; l++) {
      const { kernel, recurrentKernel, bias, carry } = layers[l]!
      const [oldH, oldC] = [h[l]!, c[l]!]
      const size = oldC.length
      const input = l === 0 ? x : nextH[l - 1]!
      const a = (block: number, k: number) => {
        const column = block * size + k
        return weigh(input, kernel, column) + weigh(oldH, recurrentKernel, column) + entry(bias, column)
      }
      nextC.push(
        vector(size, (k) => {
          const own = logistic(a(1, k)) * oldC[k]! + logistic(a(0, k)) * Math.tanh(a(2, k))
          if (!carry) return own
          const below = nextC[l - 1]![k]!
          const sees = carry.peepholes.own[k]! * oldC[k]! + carry.peepholes.below[k]! * below
          return own + logistic(weigh(input, carry.kernel, k) + sees + entry(carry.bias, k)) * below
        }),
      )
      nextH.push(vector(size, (k) => logistic(a(3, k)) * Math.tanh(nextC[l]![k]!)))
    }
    return { state: { h: nextH, c: nextC }, output: nextH.at(-1)! }
  },
}
