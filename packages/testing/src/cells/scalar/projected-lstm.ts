import { sums, type GreffParams, type GreffState } from './greff.js'
import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

type Params = GreffParams & { readonly recurrentBias?: Vector; readonly projectionKernel: Matrix }

export const projectedLstm: ScalarCell = {
  source: 'Sak, Senior & Beaufays 2014, section 2.2, without the non-recurrent projection; blocks i, f, g, o',
  step(params: Params, state: GreffState, x) {
    const { c } = state
    const { peepholes, recurrentBias, projectionKernel } = params
    const size = c.length
    const fromBoth = sums(params, state, x)
    const a = (block: number, k: number) => fromBoth(block, k) + entry(recurrentBias, block * size + k)
    const nextC = vector(size, (k) => {
      const i = logistic(a(0, k) + entry(peepholes?.['i'], k) * c[k]!)
      const f = logistic(a(1, k) + entry(peepholes?.['f'], k) * c[k]!)
      return f * c[k]! + i * Math.tanh(a(2, k))
    })
    const m = vector(size, (k) => {
      const o = logistic(a(3, k) + entry(peepholes?.['o'], k) * nextC[k]!)
      return o * Math.tanh(nextC[k]!)
    })
    const nextH = vector(state.h.length, (k) => weigh(m, projectionKernel, k))
    return { state: { h: nextH, c: nextC }, output: nextH }
  },
}
