import { isPlaceholder, mapped, orderOf, type Graph } from '../graph.js'
import type { ScanAttrs } from '../ops/scan.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { isScan } from './build.js'

/** Which outputs of each loop of a program are read, and which of its inputs it then reads. */
interface Use {
  readonly read: ReadonlySet<Tensor>
  readonly loops: ReadonlyMap<Node, LoopUse>
}

interface LoopUse {
  readonly outputs: readonly boolean[]
  readonly inputs: readonly boolean[]
}

/** Dead code: what no output needs goes, also outputs, carries, sequences and constants of loops that nobody reads. */
export function prune(graph: Graph): Graph {
  const { outputs } = pruned(graph.outputs)
  return outputs.every((output, i) => output === graph.outputs[i]) ? graph : { inputs: graph.inputs, outputs }
}

function pruned(wanted: readonly Tensor[]): { outputs: readonly Tensor[] } {
  const { read, loops } = useOf(wanted)
  const map = new Map<Tensor, Tensor>()
  for (const node of orderOf(wanted)) {
    const use = loops.get(node)
    if (use) pruneLoop(node as Node<ScanAttrs> & Node, use, map)
    else if (node.outputs.some((output) => read.has(output)) && node.inputs.some((input) => map.has(input))) {
      const inputs = node.inputs.map((input) => mapped(map, input))
      apply(node.op, inputs, node.attrs).forEach((output, i) => map.set(node.outputs[i]!, output))
    }
  }
  return { outputs: wanted.map((output) => mapped(map, output)) }
}

function pruneLoop(node: Node<ScanAttrs> & Node, use: LoopUse, map: Map<Tensor, Tensor>): void {
  const inputs = node.inputs.map((input) => mapped(map, input))
  const { body, carries, sequences } = node.attrs
  const kept = body.outputs.filter((_, i) => use.outputs[i])
  const outputs = pruned(kept).outputs
  const isWhole = [...use.inputs, ...use.outputs].every(Boolean)
  if (isWhole && outputs.every((output, i) => output === kept[i])) {
    if (inputs.every((input, i) => input === node.inputs[i])) return
    apply(node.op, inputs, node.attrs).forEach((output, i) => map.set(node.outputs[i]!, output))
    return
  }
  if (kept.length === 0) return
  const count = (flags: readonly boolean[]) => flags.filter(Boolean).length
  const attrs: ScanAttrs = {
    ...node.attrs,
    body: { inputs: body.inputs.filter((_, i) => use.inputs[i]), outputs },
    carries: count(use.inputs.slice(0, carries)),
    sequences: count(use.inputs.slice(carries, carries + sequences)),
  }
  const results = apply(
    node.op as unknown as Node<ScanAttrs>['op'],
    inputs.filter((_, i) => use.inputs[i]),
    attrs,
  )
  let at = 0
  node.outputs.forEach((output, i) => use.outputs[i] && map.set(output, results[at++]!))
}

/** Goes backwards from the outputs: what they read, through the bodies of loops. */
function useOf(wanted: readonly Tensor[]): Use {
  const read = new Set<Tensor>(wanted)
  const loops = new Map<Node, LoopUse>()
  for (const node of orderOf(wanted).toReversed()) {
    const flags = node.outputs.map((output) => read.has(output))
    if (!flags.includes(true)) continue
    if (!isScan(node)) {
      for (const input of node.inputs) read.add(input)
      continue
    }
    const use = useOfLoop(node.attrs, flags)
    loops.set(node, use)
    node.inputs.forEach((input, i) => use.inputs[i] && read.add(input))
  }
  return { read, loops }
}

const wholes = new WeakMap<Graph, LoopUse>()

/** A carry is needed where it is read outside, or leads to what is. */
function useOfLoop({ body, carries }: ScanAttrs, wanted: readonly boolean[]): LoopUse {
  const isWhole = wanted.every(Boolean)
  const known = isWhole ? wholes.get(body) : undefined
  if (known) return known
  let outputs = wanted
  for (;;) {
    const { read } = useOf(body.outputs.filter((_, i) => outputs[i]))
    const inputs = body.inputs.map((input) => isPlaceholder(input) && read.has(input))
    const grown = outputs.map((flag, i) => flag || (i < carries && inputs[i]!))
    if (grown.every((flag, i) => flag === outputs[i])) {
      // a carry that is read outside but not in the body still has a start
      const use = { outputs, inputs: inputs.map((flag, i) => flag || (i < carries && outputs[i]!)) }
      if (isWhole) wholes.set(body, use)
      return use
    }
    outputs = grown
  }
}
