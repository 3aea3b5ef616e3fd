import { orderOf, type Graph } from '../graph.js'
import { primitives } from '../ops/index.js'
import { scanOp } from '../ops/scan.js'
import { apply, type Tensor } from '../tensor.js'
import { isScan, madeBy } from './build.js'

/**
 * Drops what only derivatives look at: `stop` is its operand, and a function with a derivative of its own is its body.
 * Nothing differentiates a program after this.
 */
export function inline(graph: Graph): Graph {
  const outputs = inlined(graph, new Map())
  const isSame = outputs.every((output, i) => output === graph.outputs[i])
  return isSame ? graph : { inputs: graph.inputs, outputs }
}

/** The outputs with the tensors of `map` replaced. */
function inlined({ outputs }: Graph, map: Map<Tensor, Tensor>): readonly Tensor[] {
  const look = (tensor: Tensor) => map.get(tensor) ?? tensor
  for (const node of orderOf(outputs, (tensor) => map.has(tensor))) {
    const inputs = node.inputs.map(look)
    let made: readonly Tensor[] = node.outputs
    const custom = madeBy(node.outputs[0]!, primitives.custom)
    if (madeBy(node.outputs[0]!, primitives.stop)) made = inputs
    else if (custom) {
      const { body } = custom.attrs
      made = inlined(body, new Map(body.inputs.map((input, i) => [input, inputs[i]!])))
    } else if (isScan(node)) {
      const body = inline(node.attrs.body)
      const isSame = body === node.attrs.body && inputs.every((input, i) => input === node.inputs[i])
      if (!isSame) made = apply(scanOp, inputs, { ...node.attrs, body })
    } else if (inputs.some((input, i) => input !== node.inputs[i])) made = apply(node.op, inputs, node.attrs)
    node.outputs.forEach((output, i) => made[i] !== output && map.set(output, made[i]!))
  }
  return outputs.map(look)
}
