import { mapped, orderOf, type Graph } from '../graph.js'
import type { Forward, Maybe, Op } from '../op.js'
import { add, mul, neg } from '../ops/arithmetic.js'
import { zeros } from '../ops/literal.js'
import { apply, apply1, Tensor } from '../tensor.js'
import { activeOutputs } from './activity.js'

/** Forward mode over a graph: its outputs for the given inputs, and how they move along the tangents. */
export function jvpGraph(graph: Graph, inputs: readonly Tensor[], tangents: readonly Maybe[]): Forward {
  const values = new Map<Tensor, Tensor>()
  const moves = new Map<Tensor, Tensor>()
  graph.inputs.forEach((input, i) => {
    values.set(input, inputs[i]!)
    if (tangents[i]) moves.set(input, tangents[i])
  })
  for (const node of orderOf(graph.outputs, (tensor) => values.has(tensor))) {
    const primals = node.inputs.map((input) => mapped(values, input))
    const parts = node.inputs.map((input) => moves.get(input) ?? null)
    const active = activeOutputs(
      node,
      parts.map((part) => part !== null),
    )
    const { outputs, tangents } = active.includes(true)
      ? forward(node.op, primals, parts, node.attrs)
      : { outputs: apply(node.op, primals, node.attrs), tangents: [] }
    node.outputs.forEach((output, i) => {
      values.set(output, outputs[i]!)
      if (active[i] && tangents[i]) moves.set(output, tangents[i])
    })
  }
  return {
    outputs: graph.outputs.map((output) => mapped(values, output)),
    tangents: graph.outputs.map((output) => moves.get(output) ?? null),
  }
}

/** The forward rule of one op. */
function forward(op: Op, inputs: readonly Tensor[], tangents: readonly Maybe[], attrs: object): Forward {
  const { derivative } = op
  if (derivative.kind === 'staged') return derivative.jvp(tangents, inputs, attrs)
  const outputs = apply(op, inputs, attrs)
  const output = outputs[0]!
  switch (derivative.kind) {
    case 'none':
      return { outputs, tangents: [null] }
    case 'partials': {
      const terms = tangents.flatMap((t, i) => (t ? [scaled(t, derivative.partial(i, inputs, output))] : []))
      return { outputs, tangents: [terms.reduce((a, b) => add(a, b))] }
    }
    case 'linear': {
      const moved = inputs.map((input, i) => {
        if (derivative.of && !derivative.of.includes(i)) return input
        return tangents[i] ?? zeros(input.shape, input.dtype)
      })
      return { outputs, tangents: [apply1(op, moved, attrs)] }
    }
    case 'rules':
      return { outputs, tangents: [derivative.jvp(tangents, inputs, output, attrs)] }
  }
}

/** A tangent or cotangent times a partial derivative. */
export function scaled(change: Tensor, partial: Tensor | number): Tensor {
  if (partial instanceof Tensor) return mul(change, partial)
  return partial === 1 ? change : partial === -1 ? neg(change) : mul(change, partial)
}
