import { sums, type GreffParams, type GreffState } from './greff.js'
import { entry, logistic, vector, type ScalarCell } from './scalar-cell.js'

export const noafLstm: ScalarCell = {
  source: 'Greff et al. 2017, section III, NOAF: a linear output; blocks i, f, g, o',
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
    const nextH = vector(size, (k) => {
      const o = logistic(a(3, k) + entry(peepholes?.['o'], k) * nextC[k]!)
      return o * nextC[k]!
    })
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
