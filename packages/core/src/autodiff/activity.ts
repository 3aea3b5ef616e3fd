import { isFloat } from '../dtype.js'
import { orderOf, type Graph } from '../graph.js'
import type { Node, Tensor } from '../tensor.js'

/** Follows a property of the inputs of a graph to its outputs; `through` says which outputs of a node inherit it. */
export function follow(
  graph: Graph,
  flags: readonly boolean[],
  through: (node: Node, flags: readonly boolean[]) => readonly boolean[],
): readonly boolean[] {
  const having = new Set<Tensor>(graph.inputs.filter((_, i) => flags[i]))
  for (const node of orderOf(graph.outputs)) {
    const inherited = node.inputs.map((input) => having.has(input))
    if (!inherited.includes(true)) continue
    through(node, inherited).forEach((has, i) => has && having.add(node.outputs[i]!))
  }
  return graph.outputs.map((output) => having.has(output))
}

/** Which outputs of a node have a derivative with respect to its active inputs. */
export function activeOutputs(
  { op, inputs, outputs, attrs }: Node,
  active: readonly boolean[],
): readonly boolean[] {
  const { derivative } = op
  if (derivative.kind === 'none') return outputs.map(() => false)
  if (derivative.kind === 'staged') return derivative.activity(active, inputs, attrs)
  const counts = derivative.kind === 'linear' ? derivative.of : undefined
  const reaches = active.some((isActive, i) => isActive && (counts === undefined || counts.includes(i)))
  return outputs.map(({ dtype }) => reaches && isFloat(dtype))
}

/** The smallest set of flags that contains `start` and is kept by `next`. */
export function settle(
  start: readonly boolean[],
  next: (flags: readonly boolean[]) => readonly boolean[],
): readonly boolean[] {
  for (let flags = start; ;) {
    const after = next(flags)
    const grown = flags.map((flag, i) => flag || after[i]!)
    if (grown.every((flag, i) => flag === flags[i])) return flags
    flags = grown
  }
}
