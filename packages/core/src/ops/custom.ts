import { close, withPlaceholders, type Graph } from '../graph.js'
import type { Op } from '../op.js'
import { batchGraph, type Batched } from '../autodiff/batch.js'
import { linearizeGraph, plus } from '../autodiff/vjp.js'
import { isFloat } from '../dtype.js'
import { prepare } from '../reference/program.js'
import { apply, type Tensor } from '../tensor.js'
import { spread } from './elementwise.js'
import { zeros } from './literal.js'
import { sum } from './reduce.js'

/** A function with a derivative of its own: `pull` maps (inputs, outputs, cotangents) to the inputs' cotangents. */
export interface CustomAttrs {
  readonly body: Graph
  readonly pull: (
    inputs: readonly Tensor[],
    outputs: readonly Tensor[],
    cotangents: readonly Tensor[],
  ) => readonly Tensor[]
}

export const customOp: Op<CustomAttrs> = {
  name: 'custom',
  formula: 'y = f(x)',
  cost: 'heavy',
  infer: (_inputs, { body }) => body.outputs.map(({ shape, dtype }) => ({ shape, dtype })),
  kernel(_inputs, { body }) {
    const program = prepare(body)
    return (inputs, outputs) => program.run(inputs).forEach((result, i) => outputs[i]!.set(result))
  },
  derivative: {
    kind: 'staged',
    activity: (_active, _inputs, { body }) => body.outputs.map(({ dtype }) => isFloat(dtype)),
    linearize(active, inputs, attrs) {
      const outputs = apply(customOp, inputs, attrs)
      return {
        outputs,
        active: outputs.map(({ dtype }) => isFloat(dtype)),
        pull(cotangents, running = []) {
          const full = outputs.map((y, i) => cotangents[i] ?? zeros(y.shape, y.dtype))
          const parts = attrs.pull(inputs, outputs, full)
          return parts.map((part, i) => (active[i] ? plus(running[i] ?? null, part) : null))
        },
      }
    },
    /** The pull is linear in the cotangents, and the transpose of its transpose is the forward rule. */
    jvp(tangents, inputs, attrs) {
      const outputs = apply(customOp, inputs, attrs)
      const moving = inputs.flatMap((_, i) => (tangents[i] ? [i] : []))
      const back = withPlaceholders(outputs, 'cotangent', (stands, level) =>
        close(
          attrs.pull(inputs, outputs, stands).filter((_, i) => moving.includes(i)),
          stands,
          level,
        ),
      )
      const start = outputs.map((y) => zeros(y.shape, y.dtype))
      const linear = linearizeGraph(
        back.graph,
        [...start, ...back.captures],
        [...start.map(() => true), ...back.captures.map(() => false)],
      )
      const moved = linear.pull(moving.map((i) => tangents[i]!))
      return { outputs, tangents: outputs.map((_, i) => moved[i] ?? null) }
    },
  },
  batch(inputs, batched, { body, pull }, size) {
    const specs = [...body.inputs, ...body.outputs, ...body.outputs]
    const single = withPlaceholders(specs, 'value', (stands, level) => {
      const [n, m] = [body.inputs.length, body.outputs.length]
      return close(pull(stands.slice(0, n), stands.slice(n, n + m), stands.slice(n + m)), stands, level)
    })
    const flags = [
      ...batched,
      ...body.outputs.flatMap(() => [true, true]),
      ...single.captures.map(() => false),
    ]
    const closed = withPlaceholders(inputs, 'value', (stands, level) =>
      close(spreadAll(batchGraph(body, stands, batched, size), size), stands, level),
    )
    const pullMany: CustomAttrs['pull'] = (xs, ys, cotangents) => {
      const values = [...xs.slice(0, inputs.length), ...ys, ...cotangents, ...single.captures]
      const parts = spreadAll(batchGraph(single.graph, values, flags, size), size)
      return parts.map((part, i) => (batched[i] ? part : sum(part, 0)))
    }
    return apply(customOp, inputs, { body: closed.graph, pull: pullMany })
  },
}

function spreadAll({ outputs, batched }: Batched, size: number): readonly Tensor[] {
  return outputs.map((y, i) => spread([y], [batched[i]!], size)[0]!)
}
