import { sums, type GreffParams, type GreffState } from './greff.js'
import { entry, logistic, vector, type ScalarCell } from './scalar-cell.js'

export const nogLstm: ScalarCell = {
  source: 'Greff et al. 2017, section III, NOG: o = 1; blocks i, f, g',
  step(params: GreffParams, state: GreffState, x) {
    const { c } = state
    const { peepholes } = params
    const size = c.length
    const a = sums(params, state, x)
    const nextC = vector(size, (k) => {
      const i = logistic(a(0, k) + entry(peepholes?.['i'], k) * c[k]!)
      const f = logistic(a(1, k) + entry(peepholes?.['f'], k) * c[k]!)
      const g = Math.tanh(a(2, k))
      return f * c[k]! + i * g
    })
    const nextH = vector(size, (k) => Math.tanh(nextC[k]!))
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
