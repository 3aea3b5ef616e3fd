import { logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: { readonly ifg: Vector; readonly o: Vector }
  /** o is a matrix where outputs and cells differ in number */
  readonly peepholes?: { readonly i: Vector; readonly f: Vector; readonly o: Vector | Matrix }
  readonly projectionKernel?: Matrix
  readonly shortcutKernel?: Matrix
}

export const residualLstm: ScalarCell = {
  source: 'Kim, El-Khamy & Lee 2017, section 4: the shortcut joins the projected cell before the output gate',
  step(
    { kernel, recurrentKernel, bias, peepholes, projectionKernel, shortcutKernel }: Params,
    { h, c }: { h: Vector; c: Vector },
    x,
  ) {
    const [cells, outputs] = [c.length, h.length]
    const sums = (column: number) => weigh(x, kernel, column) + weigh(h, recurrentKernel, column)
    const nextC = vector(cells, (k) => {
      let [i, f, g] = [sums(k), sums(cells + k), sums(2 * cells + k)]
      if (bias) {
        i += bias.ifg[k]!
        f += bias.ifg[cells + k]!
        g += bias.ifg[2 * cells + k]!
      }
      if (peepholes) {
        i += peepholes.i[k]! * c[k]!
        f += peepholes.f[k]! * c[k]!
      }
      return logistic(f) * c[k]! + logistic(i) * Math.tanh(g)
    })
    const squashed = vector(cells, (k) => Math.tanh(nextC[k]!))
    const nextH = vector(outputs, (k) => {
      let o = sums(3 * cells + k)
      if (bias) o += bias.o[k]!
      if (peepholes) o += seen(peepholes.o, nextC, k)
      const projected = projectionKernel ? weigh(squashed, projectionKernel, k) : squashed[k]!
      const shortcut = shortcutKernel ? weigh(x, shortcutKernel, k) : x[k]!
      return logistic(o) * (projected + shortcut)
    })
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}

function seen(peephole: Vector | Matrix, c: Vector, k: number): number {
  const own = peephole[k]!
  return typeof own === 'number' ? own * c[k]! : weigh(c, peephole as Matrix, k)
}
