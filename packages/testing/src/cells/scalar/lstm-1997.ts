import { sums, type GreffParams, type GreffState } from './greff.js'
import { logistic, vector, type ScalarCell } from './scalar-cell.js'

export const lstm1997: ScalarCell = {
  source: 'Hochreiter & Schmidhuber 1997, section 4; blocks i, g, o',
  step(params: GreffParams, state: GreffState, x) {
    const { c } = state
    const size = c.length
    const a = sums(params, state, x)
    const nextC = vector(size, (k) => c[k]! + logistic(a(0, k)) * (4 * logistic(a(1, k)) - 2))
    const nextH = vector(size, (k) => logistic(a(2, k)) * (2 * logistic(nextC[k]!) - 1))
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
