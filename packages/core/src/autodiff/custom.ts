import { close, withPlaceholders } from '../graph.js'
import { customOp, type CustomAttrs } from '../ops/custom.js'
import { zeros } from '../ops/literal.js'
import { apply, type Tensor } from '../tensor.js'
import { checkLike, checkStructure, flatten, unflatten, type Flat, type Tree } from '../tree.js'
import { linearizeGraph } from './vjp.js'

/**
 * A function with a hand-written reverse rule: `pull(args, result, cotangent)` returns one cotangent for each argument.
 * Forward mode follows from it by transposition. The function and the rule are written with ops.
 */
export function customVjp<Args extends readonly Tree[], Result extends Tree>(
  f: (...args: Args) => Result,
  pull: (args: Args, result: Result, cotangent: NoInfer<Result>) => readonly [...NoInfer<Args>],
): (...args: Args) => Result {
  return build('customVjp', f, (input, output) => (inputs, outputs, cotangents) => {
    const back = <T>(flat: Flat, leaves: readonly Tensor[]) =>
      unflatten<Tree>(flat.structure, leaves) as unknown as T
    const parts = pull(
      back<Args>(input, inputs),
      back<Result>(output, outputs),
      back<Result>(output, cotangents),
    )
    return leavesLike('customVjp', 'cotangent', input, parts as Tree)
  })
}

/**
 * A function with a hand-written forward rule: `push(args, tangents)` returns the tangent of the result, linear in the
 * tangents. Reverse mode follows from it by transposition.
 */
export function customJvp<Args extends readonly Tree[], Result extends Tree>(
  f: (...args: Args) => Result,
  push: (args: Args, tangents: NoInfer<Args>) => NoInfer<Result>,
): (...args: Args) => Result {
  return build('customJvp', f, (input, output) => (inputs, _outputs, cotangents) => {
    const back = (leaves: readonly Tensor[]) => unflatten<Tree>(input.structure, leaves) as unknown as Args
    return transpose(
      inputs,
      (moves) => leavesLike('customJvp', 'tangent', output, push(back(inputs), back(moves))),
      cotangents,
    )
  })
}

/** What a rule returns, checked against what it is a derivative of. */
function leavesLike(where: string, what: string, expected: Flat, actual: Tree): readonly Tensor[] {
  const given = flatten(actual, where, '')
  checkStructure(where, expected, given)
  checkLike(where, what, expected, given)
  return given.leaves
}

/** The transpose of a linear function of values like `inputs`, applied to cotangents. */
function transpose(
  inputs: readonly Tensor[],
  linear: (moves: readonly Tensor[]) => readonly Tensor[],
  cotangents: readonly Tensor[],
): readonly Tensor[] {
  const { graph, captures } = withPlaceholders(inputs, 'tangent', (stands, level) =>
    close(linear(stands), stands, level),
  )
  const start = inputs.map((x) => zeros(x.shape, x.dtype))
  const flags = graph.inputs.map((_, i) => i < inputs.length)
  const parts = linearizeGraph(graph, [...start, ...captures], flags).pull(cotangents)
  return inputs.map((x, i) => parts[i] ?? zeros(x.shape, x.dtype))
}

/** (arguments, outputs, their cotangents) to the cotangents of the arguments. */
type Pull = (
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
) => readonly Tensor[]

/** Function and rule are traced where the function is called, and what either uses from outside becomes an input. */
function build<Args extends readonly Tree[], Result extends Tree>(
  rule: CustomAttrs['rule'],
  f: (...args: Args) => Result,
  pullOf: (input: Flat, output: Flat) => Pull,
): (...args: Args) => Result {
  return (...args) => {
    const input = flatten(args as Tree, rule, '')
    const count = input.leaves.length
    const body = withPlaceholders(input.leaves, 'argument', (stands, level) => {
      const result = f(...(unflatten<Tree>(input.structure, stands) as unknown as Args))
      const output = flatten(result, rule, '')
      return { ...close(output.leaves, stands, level), output }
    })
    const outputs = body.graph.outputs
    const pull = withPlaceholders([...input.leaves, ...outputs, ...outputs], 'value', (stands, level) => {
      const end = count + outputs.length
      const parts = pullOf(input, body.output)(
        stands.slice(0, count),
        stands.slice(count, end),
        stands.slice(end),
      )
      return close(parts, stands, level)
    })
    const results = apply(customOp, [...input.leaves, ...body.captures, ...pull.captures], {
      body: body.graph,
      pull: pull.graph,
      count,
      rule,
    })
    return unflatten<Tree>(body.output.structure, results) as Result
  }
}
