import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly gateKernel: Matrix
  readonly bias?: Vector
  readonly gateBias?: Vector
}

interface State {
  readonly c: Matrix
  readonly n: Vector
  readonly m: Vector
}

export const mlstm: ScalarCell = {
  source: 'Beck et al. 2024, section 2.3, equations 19 to 27, sigmoid forget gate; blocks q, k, v, o',
  step({ kernel, gateKernel, bias, gateBias }: Params, { c, n, m }: State, x) {
    const size = n.length
    const a = (block: number, k: number) => weigh(x, kernel, block * size + k) + entry(bias, block * size + k)
    const gate = (column: number) => weigh(x, gateKernel, column) + entry(gateBias, column)
    const kept = Math.log(logistic(gate(1))) + m[0]!
    const nextM = Math.max(kept, gate(0))
    const [i, f] = [Math.exp(gate(0) - nextM), Math.exp(kept - nextM)]
    const key = vector(size, (k) => a(1, k) / Math.sqrt(size))
    const nextC = c.map((row, r) => row.map((value, k) => f * value + i * a(2, r) * key[k]!))
    const nextN = vector(size, (k) => f * n[k]! + i * key[k]!)
    let overlap = 0
    for (let k = 0; k < size; k++) overlap += nextN[k]! * a(0, k)
    const scale = Math.max(Math.abs(overlap), Math.exp(-nextM))
    const output = vector(size, (r) => {
      let read = 0
      for (let k = 0; k < size; k++) read += nextC[r]![k]! * a(0, k)
      return (logistic(a(3, r)) * read) / scale
    })
    return { state: { c: nextC, n: nextN, m: [nextM] }, output }
  },
}
