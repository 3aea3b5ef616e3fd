import type { Backend } from '@tapeloop/core'
import type { Cell } from '@tapeloop/layers'
import { cellCost, type CellCost, type CostSize } from './card-cost.js'
import { gradientErrors, type GradientErrors } from './card-gradients.js'
import type { Golden } from './cells/golden.js'
import { cellClaims, goldenClaim, prove, type CheckResult, type Claim } from './proof.js'

/** All that is known of a cell: what it is, what it costs, and what proves it. */
export interface CellCard extends Pick<Cell, 'name' | 'title' | 'cite' | 'equations' | 'options'>, CellCost {
  readonly gradientErrors: GradientErrors
  readonly invariants: readonly CheckResult[]
  readonly tasks: readonly CheckResult[]
  readonly golden: CheckResult
}

/** What a card is made with. */
export interface CardOptions {
  /** where the cell is timed */
  readonly backend: Backend
  /** undefined where the cell has none, which its card says */
  readonly golden: Golden | undefined
  /** at which size it is weighed: see {@link CellCost} */
  readonly size?: CostSize
  /** how many pairs are timed; 0 for a card without speed */
  readonly rounds?: number
}

/** Puts a cell to every check there is, and says what it costs. Takes some seconds. */
export function cellCard(cell: Cell, { backend, golden, size, rounds }: CardOptions): CellCard {
  const { name, title, cite, equations, options } = cell
  const proofs = [...prove([...cellClaims(cell), goldenClaim(cell, golden)])]
  const results = (kind: Claim['kind']): CheckResult[] =>
    proofs.filter((proof) => proof.kind === kind).map(({ title, passed, said }) => ({ title, passed, said }))
  return {
    name,
    title,
    cite,
    equations,
    options,
    ...cellCost(cell, backend, size, rounds),
    gradientErrors: gradientErrors(cell),
    invariants: results('invariant'),
    tasks: results('task'),
    golden: results('golden')[0]!,
  }
}

/** The largest error of a gradient that a card does not mark. */
export const mostError = 1e-6

/** Whether a card has nothing to complain of: a source, gradients right to 1e-6, and every check passed. */
export function isSound({ gradientErrors, invariants, tasks, golden, cite }: CellCard): boolean {
  const { byParameter, byOp } = gradientErrors
  const isExact = [byParameter, byOp].flatMap(Object.values<number>).every((error) => error < mostError)
  return cite.length > 0 && isExact && [...invariants, ...tasks, golden].every(({ passed }) => passed)
}
