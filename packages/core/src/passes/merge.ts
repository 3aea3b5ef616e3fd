import type { Graph } from '../graph.js'
import { scanOp } from '../ops/scan.js'
import { apply, type Tensor } from '../tensor.js'
import { packStacks } from './merge-stacks.js'
import { addedProducts, addedSlices, sharedProducts, type Level } from './merge-products.js'
import { regroup, type Group } from './regroup.js'
import { holdsCheckpoint, rewriteLoops } from './rewrite.js'
import { simplifier } from './simplify.js'
import { orderOf } from '../graph.js'

/**
 * Products that are left at one level become fewer, larger ones: with the left side in common, `a·W₁` and `a·W₂` are
 * columns of `a·[W₁ W₂]`; added, `a·W₁ + b·W₂` is `[a b]·[W₁; W₂]`. Only after `distribute`, which wants them apart.
 */
export function merge(graph: Graph): Graph {
  const inner = rewriteLoops(graph, (attrs, inputs) => {
    const still = new Set(attrs.body.inputs.slice(attrs.carries + attrs.sequences))
    const body = mergeLevel(attrs.body, { still, isStep: !holdsCheckpoint(attrs.body) })
    return body === attrs.body ? null : apply(scanOp, inputs, { ...attrs, body })
  })
  return mergeLevel(inner, { still: new Set(), isStep: false })
}

const kinds: readonly ((outputs: readonly Tensor[], level: Level) => readonly Group[])[] = [
  addedSlices,
  addedProducts,
  sharedProducts,
  packStacks,
]

function mergeLevel(graph: Graph, { still, isStep }: Pick<Level, 'still' | 'isStep'>): Graph {
  let { outputs } = graph
  for (const find of kinds) {
    // what is still is found anew each time: what a rewrite has made is not what it replaced
    const groups = find(outputs, { still: closureOf(still, outputs), isStep })
    if (groups.length > 0) outputs = regroup(outputs, groups, simplifier())
  }
  return outputs.every((output, i) => output === graph.outputs[i]) ? graph : { inputs: graph.inputs, outputs }
}

/** All that depends on nothing but these. */
function closureOf(start: ReadonlySet<Tensor>, outputs: readonly Tensor[]): ReadonlySet<Tensor> {
  const still = new Set(start)
  for (const node of orderOf(outputs)) {
    if (node.inputs.every((input) => still.has(input))) for (const output of node.outputs) still.add(output)
  }
  return still
}
