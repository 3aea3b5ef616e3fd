import { mapped, orderOf, substitute, type Graph } from '../graph.js'
import { scanOp, type ScanAttrs } from '../ops/scan.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { isScan } from './build.js'
import { usesOf, type Uses } from './uses.js'

/** Replaces loops, inner ones first. `rewrite` returns the outputs of the loop for the given inputs, or null to keep it. */
export function rewriteLoops(
  graph: Graph,
  rewrite: (attrs: ScanAttrs, inputs: readonly Tensor[]) => readonly Tensor[] | null,
): Graph {
  const map = new Map<Tensor, Tensor>()
  for (const node of orderOf(graph.outputs)) {
    const inputs = node.inputs.map((input) => mapped(map, input))
    const made = isScan(node) ? loop(node, inputs) : again(node, inputs, node.attrs)
    if (made) node.outputs.forEach((output, i) => map.set(output, made[i]!))
  }
  const outputs = graph.outputs.map((output) => mapped(map, output))
  return outputs.every((output, i) => output === graph.outputs[i]) ? graph : { inputs: graph.inputs, outputs }

  function loop(node: Node<ScanAttrs> & Node, inputs: readonly Tensor[]): readonly Tensor[] | null {
    const body = rewriteLoops(node.attrs.body, rewrite)
    const attrs = body === node.attrs.body ? node.attrs : { ...node.attrs, body }
    return rewrite(attrs, inputs) ?? again(node, inputs, attrs)
  }
}

/** What stands for the outputs of a loop and for what is made of them; null if the loop stays as it is. */
type Change = (loop: Node<ScanAttrs> & Node, uses: Uses) => Map<Tensor, Tensor> | null

/** Changes loops together with what is read of them, one after the other, inner ones first. */
export function changeLoops(graph: Graph, change: Change): Graph {
  const inner = rewriteLoops(graph, (attrs, inputs) => {
    const body = changeLevel(attrs.body, change)
    return body === attrs.body ? null : apply(scanOp, inputs, { ...attrs, body })
  })
  return changeLevel(inner, change)
}

function changeLevel(graph: Graph, change: Change): Graph {
  const { inputs, outputs } = graph
  const uses = usesOf(outputs)
  for (const node of orderOf(outputs)) {
    const map = isScan(node) ? change(node, uses) : null
    if (map) return changeLevel({ inputs, outputs: substitute(outputs, map) }, change)
  }
  return graph
}

/** The node with other inputs or attributes; null if they are the same. */
function again(node: Node, inputs: readonly Tensor[], attrs: object): readonly Tensor[] | null {
  const isSame = attrs === node.attrs && inputs.every((input, i) => input === node.inputs[i])
  return isSame ? null : apply(node.op, inputs, attrs)
}

/** Whether a loop in the body, at any depth, keeps nothing for the backward pass: to spread such a body over time would. */
export function holdsCheckpoint(body: Graph): boolean {
  return orderOf(body.outputs).some(
    (node) => isScan(node) && (node.attrs.recompute || node.attrs.again || holdsCheckpoint(node.attrs.body)),
  )
}
