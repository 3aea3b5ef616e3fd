import { sums, type GreffParams } from './greff.js'
import { entry, logistic, vector, type ScalarCell, type Vector } from './scalar-cell.js'

type Params = GreffParams & { readonly logPeriod: Vector; readonly shift: Vector }

interface State {
  readonly h: Vector
  readonly c: Vector
  readonly time: Vector
}

interface Options {
  readonly openRatio: number
  readonly leak: number
  readonly timed: boolean
}

export const phasedLstm: ScalarCell = {
  source: 'Neil, Pfeiffer & Liu 2016, section 2; blocks i, f, g, o',
  step(params: Params, state: State, x, { openRatio, leak, timed }: Options) {
    const { h, c } = state
    const { peepholes } = params
    const size = c.length
    const time = state.time[0]! + (timed ? x.at(-1)! : 1)
    const a = sums(params, state, timed ? x.slice(0, -1) : x)
    const k = (unit: number) => {
      const period = Math.exp(params.logPeriod[unit]!)
      const since = time - params.shift[unit]! * period
      const phase = (since - Math.floor(since / period) * period) / period
      if (phase < openRatio / 2) return (2 * phase) / openRatio
      return phase < openRatio ? 2 - (2 * phase) / openRatio : leak * phase
    }
    const open = vector(size, (u) => {
      const i = logistic(a(0, u) + entry(peepholes?.['i'], u) * c[u]!)
      const f = logistic(a(1, u) + entry(peepholes?.['f'], u) * c[u]!)
      return f * c[u]! + i * Math.tanh(a(2, u))
    })
    const nextC = vector(size, (u) => k(u) * open[u]! + (1 - k(u)) * c[u]!)
    const nextH = vector(size, (u) => {
      const o = logistic(a(3, u) + entry(peepholes?.['o'], u) * open[u]!)
      return k(u) * o * Math.tanh(open[u]!) + (1 - k(u)) * h[u]!
    })
    return { state: { h: nextH, c: nextC, time: [time] }, output: nextH }
  },
}
