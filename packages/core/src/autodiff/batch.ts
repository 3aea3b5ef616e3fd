import { mapped, orderOf, type Graph } from '../graph.js'
import { refuse } from '../errors.js'
import { apply, type Tensor } from '../tensor.js'

/** Outputs, and which of them have the new leading axis. */
export interface Batched {
  readonly outputs: readonly Tensor[]
  readonly batched: readonly boolean[]
}

/** Runs a graph on many values at once: inputs with `flags[i]` have a leading axis of `size`. */
export function batchGraph(
  graph: Graph,
  inputs: readonly Tensor[],
  flags: readonly boolean[],
  size: number,
): Batched {
  const values = new Map<Tensor, Tensor>()
  const many = new Set<Tensor>()
  graph.inputs.forEach((input, i) => {
    values.set(input, inputs[i]!)
    if (flags[i]) many.add(input)
  })
  for (const node of orderOf(graph.outputs, (tensor) => values.has(tensor))) {
    const parts = node.inputs.map((input) => mapped(values, input))
    const batched = node.inputs.map((input) => many.has(input))
    const isBatched = batched.includes(true)
    if (isBatched && !node.op.batch)
      refuse('vmap', `${node.op.name} has no batching rule; call it outside vmap`)
    const outputs = isBatched
      ? node.op.batch!(parts, batched, node.attrs, size)
      : apply(node.op, parts, node.attrs)
    node.outputs.forEach((output, i) => {
      values.set(output, outputs[i]!)
      if (isBatched) many.add(output)
    })
  }
  return {
    outputs: graph.outputs.map((output) => mapped(values, output)),
    batched: graph.outputs.map((output) => many.has(output)),
  }
}
