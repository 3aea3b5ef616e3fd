import type { Graph } from '../graph.js'
import { distribute } from './distribute.js'
import { ends } from './ends.js'
import { inline } from './inline.js'
import { layout } from './layout.js'
import { lookups } from './lookups.js'
import { merge } from './merge.js'
import { remat } from './remat.js'
import { simplify } from './simplify.js'
import { split } from './split.js'
import { table } from './table.js'

/** Every pass by name. Each maps a program to one with the same results. */
export const passes = {
  inline,
  simplify,
  ends,
  lookups,
  layout,
  split,
  distribute,
  merge,
  table,
  remat,
} as const

/** What a pass is called. */
export type PassName = keyof typeof passes

/** What an optimiser run may be told. */
export interface OptimiseOptions {
  /** only these passes; all unless given */
  readonly only?: readonly PassName[]
  /** hears of every pass that ran */
  readonly listen?: (pass: PassName, before: Graph, after: Graph) => void
}

/** After so many rounds what still changes is not worth the wait. */
const mostRounds = 3

/** Their order matters: what merge joins, distribute could not take apart. */
const round: readonly PassName[] = [
  'split',
  'distribute',
  'table',
  'layout',
  'lookups',
  'ends',
  'merge',
  'table',
]

/**
 * A program with the same results and less to do: loops keep only what recurs, products are few and large, and the
 * backward pass keeps what it cannot cheaply compute again. Takes a program that nobody will differentiate any more.
 */
export function optimise(graph: Graph, { only, listen }: OptimiseOptions = {}): Graph {
  let program = graph
  const run = (pass: PassName) => {
    if (only && !only.includes(pass)) return
    const after = passes[pass](program)
    listen?.(pass, program, after)
    program = after
  }
  const runAndTidy = (pass: PassName) => {
    const before = program
    run(pass)
    if (program !== before) run('simplify')
  }
  run('inline')
  run('simplify')
  for (let count = 0; count < mostRounds; count++) {
    const before = program
    round.forEach(runAndTidy)
    if (program === before) break
  }
  runAndTidy('remat')
  // what is no longer kept may have been rows of a table
  runAndTidy('table')
  return program
}
