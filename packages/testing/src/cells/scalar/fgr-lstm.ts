import { sums, type GreffParams, type GreffState } from './greff.js'
import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

export const fgrLstm: ScalarCell = {
  source: 'Greff et al. 2017, section III, FGR: the gates i, f, o feed back to i, f, o; blocks i, f, g, o',
  step(params: GreffParams & { gateKernel: Matrix }, state: GreffState & { gates: Vector }, x) {
    const { c, gates } = state
    const { peepholes, gateKernel } = params
    const size = c.length
    const a = sums(params, state, x)
    const fed = (gate: number, k: number) => weigh(gates, gateKernel, gate * size + k)
    const i = vector(size, (k) => logistic(a(0, k) + fed(0, k) + entry(peepholes?.['i'], k) * c[k]!))
    const f = vector(size, (k) => logistic(a(1, k) + fed(1, k) + entry(peepholes?.['f'], k) * c[k]!))
    const nextC = vector(size, (k) => f[k]! * c[k]! + i[k]! * Math.tanh(a(2, k)))
    const o = vector(size, (k) => logistic(a(3, k) + fed(2, k) + entry(peepholes?.['o'], k) * nextC[k]!))
    const nextH = vector(size, (k) => o[k]! * Math.tanh(nextC[k]!))
    return { state: { h: nextH, c: nextC, gates: [...i, ...f, ...o] }, output: nextH }
  },
}
