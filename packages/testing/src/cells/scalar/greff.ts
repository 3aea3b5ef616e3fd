import { entry, weigh, type Matrix, type Vector } from './scalar-cell.js'

/** What the variants of Greff et al. 2017 have in common: their parameters, by the names that the cells give them. */
export interface GreffParams {
  readonly kernel: Matrix
  readonly recurrentKernel: Matrix
  readonly bias?: Vector
  readonly peepholes?: Readonly<Record<string, Vector>>
}

/** The state of all of them. */
export type GreffState = {
  readonly h: Vector
  readonly c: Vector
}

/** W x + R h + b of one unit of a gate: block `block`, unit `k`. */
export function sums({ kernel, recurrentKernel, bias }: GreffParams, { h, c }: GreffState, x: Vector) {
  return (block: number, k: number) => {
    const column = block * c.length + k
    return weigh(x, kernel, column) + weigh(h, recurrentKernel, column) + entry(bias, column)
  }
}
