import { batchGraph, type Batched } from '../autodiff/batch.js'
import { linearizeGraph, plus } from '../autodiff/vjp.js'
import { isFloat } from '../dtype.js'
import { refuse } from '../errors.js'
import { close, substitute, withPlaceholders, type Graph } from '../graph.js'
import type { Op } from '../op.js'
import { prepare } from '../reference/program.js'
import { showShape } from '../shape.js'
import { apply, type Tensor } from '../tensor.js'
import { spread } from './elementwise.js'
import { zeros } from './literal.js'
import { sum } from './reduce.js'

/**
 * A function with a derivative of its own. Inputs `[arguments | captures of the body | captures of the pull]`; the body is
 * a closed graph over the first two, the pull one from `[arguments | outputs | their cotangents | captures of the pull]`
 * to the cotangents of the arguments.
 */
export interface CustomAttrs {
  readonly body: Graph
  readonly pull: Graph
  /** how many inputs are arguments */
  readonly count: number
  /** what the user called, for messages */
  readonly rule: 'customVjp' | 'customJvp'
}

export const customOp: Op<CustomAttrs> = {
  name: 'custom',
  formula: 'y = f(x)',
  cost: 'heavy',
  infer: (_inputs, { body }) => body.outputs.map(({ shape, dtype }) => ({ shape, dtype })),
  kernel(_inputs, { body }) {
    const program = prepare(body)
    return (inputs, outputs) =>
      program.run(inputs.slice(0, body.inputs.length)).forEach((result, i) => outputs[i]!.set(result))
  },
  derivative: {
    kind: 'staged',
    activity: (active, _inputs, { body }) =>
      body.outputs.map(({ dtype }) => active.includes(true) && isFloat(dtype)),
    linearize(active, inputs, attrs) {
      checkCaptures(active, inputs, attrs)
      const { count } = attrs
      const outputs = apply(customOp, inputs, attrs)
      return {
        outputs,
        active: outputs.map(({ dtype }) => isFloat(dtype)),
        pull(cotangents, running = []) {
          const full = outputs.map((y, i) => cotangents[i] ?? zeros(y.shape, y.dtype))
          const parts = pullBack(inputs, outputs, full, attrs)
          return inputs.map((_, i) => (i < count && active[i] ? plus(running[i] ?? null, parts[i]!) : null))
        },
      }
    },
    /** The pull is linear in the cotangents, and the transpose of its transpose is the forward rule. */
    jvp(tangents, inputs, attrs) {
      checkCaptures(
        tangents.map((tangent) => tangent !== null),
        inputs,
        attrs,
      )
      const outputs = apply(customOp, inputs, attrs)
      const moving = inputs.flatMap((_, i) => (i < attrs.count && tangents[i] ? [i] : []))
      const back = withPlaceholders(outputs, 'cotangent', (stands, level) => {
        const parts = pullBack(inputs, outputs, stands, attrs)
        return close(
          moving.map((i) => parts[i]!),
          stands,
          level,
        )
      })
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
  batch(inputs, batched, attrs, size) {
    const { body, pull, count } = attrs
    const bodyBatched = batched.slice(0, body.inputs.length)
    const many = withPlaceholders(inputs.slice(0, body.inputs.length), 'value', (stands, level) =>
      close(spreadAll(batchGraph(body, stands, bodyBatched, size), size), stands, level),
    )
    const given = inputs.slice(0, count)
    const held = inputs.slice(body.inputs.length)
    const specs = [...given, ...many.graph.outputs, ...many.graph.outputs, ...held]
    const pullBatched = [
      ...batched.slice(0, count),
      ...body.outputs.flatMap(() => [true, true]),
      ...batched.slice(body.inputs.length),
    ]
    const pullMany = withPlaceholders(specs, 'value', (stands, level) => {
      const parts = spreadAll(batchGraph(pull, stands, pullBatched, size), size)
      return close(
        parts.map((part, i) => (batched[i] ? part : sum(part, 0))),
        stands,
        level,
      )
    })
    return apply(customOp, inputs, { ...attrs, body: many.graph, pull: pullMany.graph })
  },
}

/** The cotangents of the arguments. */
function pullBack(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  { body, pull, count }: CustomAttrs,
): readonly Tensor[] {
  const values = [...inputs.slice(0, count), ...outputs, ...cotangents, ...inputs.slice(body.inputs.length)]
  return substitute(pull.outputs, new Map(pull.inputs.map((stand, i) => [stand, values[i]!])))
}

/** A rule says nothing about what the function uses from outside: better no gradient than a silent zero. */
function checkCaptures(
  active: readonly boolean[],
  inputs: readonly Tensor[],
  { body, count, rule }: CustomAttrs,
): void {
  const lost = inputs.slice(0, body.inputs.length).findIndex((_, i) => i >= count && active[i])
  if (lost < 0) return
  refuse(
    rule,
    `the function uses a tensor of shape ${showShape(inputs[lost]!.shape)} from outside, for which the rule gives no ` +
      'gradient; pass it as an argument, or through stopGradient(…)',
  )
}

function spreadAll({ outputs, batched }: Batched, size: number): readonly Tensor[] {
  return outputs.map((y, i) => spread([y], [batched[i]!], size)[0]!)
}
