import { mapped, orderOf, type Graph } from '../graph.js'
import type { Linearized, Maybe, Op } from '../op.js'
import { add } from '../ops/arithmetic.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { activeOutputs } from './activity.js'
import { scaled } from './jvp.js'

/**
 * Reverse mode over a graph: its outputs for the given inputs (loops among them keep what the backward pass will
 * read), and the map from cotangents of the outputs to those of the active inputs.
 */
export function linearizeGraph(
  graph: Graph,
  inputs: readonly Tensor[],
  active: readonly boolean[],
): Linearized {
  const values = new Map<Tensor, Tensor>()
  const varies = new Set<Tensor>()
  graph.inputs.forEach((input, i) => {
    values.set(input, inputs[i]!)
    if (active[i]) varies.add(input)
  })
  const tape: { node: Node; pull: Linearized['pull'] }[] = []
  for (const node of orderOf(graph.outputs, (tensor) => values.has(tensor))) {
    const primals = node.inputs.map((input) => mapped(values, input))
    const flags = node.inputs.map((input) => varies.has(input))
    const movable = activeOutputs(node, flags)
    const { outputs, pull } = movable.includes(true)
      ? reverse(node.op, primals, flags, node.attrs)
      : { outputs: apply(node.op, primals, node.attrs), pull: null }
    if (pull) tape.push({ node, pull })
    node.outputs.forEach((output, i) => {
      values.set(output, outputs[i]!)
      if (movable[i]) varies.add(output)
    })
  }
  tape.reverse()
  return {
    outputs: graph.outputs.map((output) => mapped(values, output)),
    active: graph.outputs.map((output) => varies.has(output)),
    pull(cotangents, running = []) {
      const sums = new Map<Tensor, Tensor>()
      const gather = (tensor: Tensor, part: Maybe | undefined) => {
        if (part && varies.has(tensor)) sums.set(tensor, plus(sums.get(tensor) ?? null, part))
      }
      graph.inputs.forEach((input, i) => gather(input, running[i]))
      graph.outputs.forEach((output, i) => gather(output, cotangents[i]))
      for (const { node, pull } of tape) {
        const given = node.outputs.map((output) => sums.get(output) ?? null)
        if (given.every((part) => part === null)) continue
        // an input that is used twice goes on from its sum once
        const soFar = node.inputs.map((input, i) =>
          node.inputs.indexOf(input) === i ? (sums.get(input) ?? null) : null,
        )
        const parts = pull(given, soFar)
        node.inputs.forEach((input, i) => {
          if (parts[i] && soFar[i]) sums.set(input, parts[i])
          else gather(input, parts[i])
        })
      }
      return graph.inputs.map((input) => sums.get(input) ?? null)
    },
  }
}

/** sum + part, where either may be nothing. */
export function plus(sum: Maybe, part: Tensor): Tensor {
  return sum === null ? part : add(sum, part)
}

/** The reverse rule of one op. */
function reverse(
  op: Op,
  inputs: readonly Tensor[],
  active: readonly boolean[],
  attrs: object,
): Omit<Linearized, 'active'> {
  const { derivative } = op
  if (derivative.kind === 'staged') return derivative.linearize(active, inputs, attrs)
  const outputs = apply(op, inputs, attrs)
  const output = outputs[0]!
  const back = (g: Tensor, i: number): Maybe => {
    switch (derivative.kind) {
      case 'none':
        return null
      case 'partials':
        return scaled(g, derivative.partial(i, inputs, output))
      case 'linear':
        return derivative.of && !derivative.of.includes(i) ? null : derivative.transpose(g, i, inputs, attrs)
      case 'rules':
        return derivative.vjp(g, i, inputs, output, attrs)
    }
  }
  return {
    outputs,
    pull: ([g], running = []) =>
      inputs.map((_, i) => {
        const part = active[i] && g ? back(g, i) : null
        return part && plus(running[i] ?? null, part)
      }),
  }
}
