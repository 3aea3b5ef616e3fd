import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
}

interface State {
  readonly h: Vector
  readonly c: Vector
  readonly n: Vector
  readonly m: Vector
}

export const slstm: ScalarCell = {
  source:
    'Beck et al. 2024, section 2.2, equations 8 to 17, sigmoid forget gate; blocks i, f, z, o; R block-diagonal by heads',
  step({ kernel, recurrentKernel, bias }: Params, { h, c, n, m }: State, x) {
    const size = c.length
    const units = recurrentKernel.length
    const a = (block: number, k: number) => {
      const column = block * size + k
      const head = Math.floor(k / units)
      const seen = h.slice(head * units, (head + 1) * units)
      return weigh(x, kernel, column) + weigh(seen, recurrentKernel, column) + entry(bias, column)
    }
    const kept = (k: number) => Math.log(logistic(a(1, k))) + m[k]!
    const nextM = vector(size, (k) => (n[k] === 0 ? a(0, k) : Math.max(kept(k), a(0, k))))
    const i = (k: number) => Math.exp(a(0, k) - nextM[k]!)
    const f = (k: number) => (n[k] === 0 ? 0 : Math.exp(kept(k) - nextM[k]!))
    const nextC = vector(size, (k) => f(k) * c[k]! + i(k) * Math.tanh(a(2, k)))
    const nextN = vector(size, (k) => f(k) * n[k]! + i(k))
    const nextH = vector(size, (k) => (logistic(a(3, k)) * nextC[k]!) / Math.max(nextN[k]!, 1))
    return { state: { h: nextH, c: nextC, n: nextN, m: nextM }, output: nextH }
  },
}
