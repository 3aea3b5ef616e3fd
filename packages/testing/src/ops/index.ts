import type { PrimitiveName } from '@tapeloop/core'
import { elementwiseSuites } from './elementwise.js'
import { indexingSuites } from './indexing.js'
import { movementSuites } from './movement.js'
import { reductionSuites } from './reduction.js'
import { stagedSuites } from './staged.js'
import type { OpSuite } from './suite.js'

/** For every primitive its samples and refusals: the one table that a new op must add a line to. */
export const opSuites: { readonly [Name in PrimitiveName]: OpSuite } = {
  ...elementwiseSuites,
  ...movementSuites,
  ...reductionSuites,
  ...indexingSuites,
  ...stagedSuites,
}
