import type { Graph } from '../graph.js'
import { builder, type Builder } from './build.js'
import { prune } from './prune.js'
import { elementwiseRules } from './rules-elementwise.js'
import { simplifyLoop } from './rules-loop.js'
import { movementRules } from './rules-movement.js'
import { reduceRules } from './rules-reduce.js'

const ops = new Map([...elementwiseRules, ...movementRules, ...reduceRules])

/** A builder that applies every rule. */
export function simplifier(): Builder {
  return builder({ ops, loop: simplifyLoop })
}

/**
 * Dead code, common subexpressions, literals folded, algebra without rounding, and what does not change over time out
 * of the loops. Every result is equal to the bit (but for the sign of a zero).
 */
export function simplify(graph: Graph): Graph {
  const small = prune(graph)
  const outputs = simplifier().rebuild(small.outputs, new Map())
  const isSame = outputs.every((output, i) => output === small.outputs[i])
  return isSame ? small : prune({ inputs: graph.inputs, outputs })
}
