import { entry, logistic, vector, weigh, type Matrix, type ScalarCell, type Vector } from './scalar-cell.js'

interface Params {
  readonly kernel: Matrix
  readonly headKernel: Matrix
  readonly bias?: Vector
  readonly headBias?: Vector
}

export const cfc: ScalarCell = {
  source: 'Hasani et al. 2022, heads over one backbone, tanh throughout; blocks g, k, a, b',
  step(
    { kernel, headKernel, bias, headBias }: Params,
    { h }: { h: Vector },
    x,
    { timed }: { timed: boolean },
  ) {
    const size = h.length
    const elapsed = timed ? x.at(-1)! : 1
    const seen = [...(timed ? x.slice(0, -1) : x), ...h]
    const u = vector(size, (k) => Math.tanh(weigh(seen, kernel, k) + entry(bias, k)))
    const head = (block: number, k: number) =>
      weigh(u, headKernel, block * size + k) + entry(headBias, block * size + k)
    const next = vector(size, (k) => {
      const s = logistic(head(2, k) * elapsed + head(3, k))
      return (1 - s) * Math.tanh(head(0, k)) + s * Math.tanh(head(1, k))
    })
    return { state: { h: next }, output: next }
  },
}
