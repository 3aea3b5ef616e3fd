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
  source:
    'Beck et al. 2024, section 2.3, equations 19 to 27, sigmoid forget gate; blocks q, k, v, o; heads one after the other',
  step({ kernel, gateKernel, bias, gateBias }: Params, { c, n, m }: State, x) {
    const [size, heads] = [n.length, m.length]
    const units = size / heads
    const a = (block: number, k: number) => weigh(x, kernel, block * size + k) + entry(bias, block * size + k)
    const gate = (block: number, head: number) =>
      weigh(x, gateKernel, block * heads + head) + entry(gateBias, block * heads + head)
    const headOf = (k: number) => Math.floor(k / units)
    const kept = (head: number) => Math.log(logistic(gate(1, head))) + m[head]!
    const nextM = vector(heads, (head) => Math.max(kept(head), gate(0, head)))
    const i = (head: number) => Math.exp(gate(0, head) - nextM[head]!)
    const f = (head: number) => Math.exp(kept(head) - nextM[head]!)
    const key = (k: number) => a(1, k) / Math.sqrt(units)
    // row r, column j: the value of unit r, and the key of unit j of its head
    const nextC = c.map((row, r) =>
      row.map((value, j) => f(headOf(r)) * value + i(headOf(r)) * a(2, r) * key(headOf(r) * units + j)),
    )
    const nextN = vector(size, (k) => f(headOf(k)) * n[k]! + i(headOf(k)) * key(k))
    const output = vector(size, (r) => {
      const first = headOf(r) * units
      let read = 0
      let overlap = 0
      for (let j = 0; j < units; j++) {
        read += nextC[r]![j]! * a(0, first + j)
        overlap += nextN[first + j]! * a(0, first + j)
      }
      return (logistic(a(3, r)) * read) / Math.max(Math.abs(overlap), Math.exp(-nextM[headOf(r)]!))
    })
    return { state: { c: nextC, n: nextN, m: nextM }, output }
  },
}
