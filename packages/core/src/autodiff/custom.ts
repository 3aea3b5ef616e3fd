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
  return build(f, (input, output) => (inputs, outputs, cotangents) => {
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
  return build(f, (input, output) => (inputs, _outputs, cotangents) => {
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

function build<Args extends readonly Tree[], Result extends Tree>(
  f: (...args: Args) => Result,
  rule: (input: Flat, output: Flat) => CustomAttrs['pull'],
): (...args: Args) => Result {
  return (...args) => {
    const input = flatten(args as Tree, 'custom', '')
    return withPlaceholders(input.leaves, 'argument', (stands, level) => {
      const output = flatten(
        f(...(unflatten<Tree>(input.structure, stands) as unknown as Args)),
        'custom',
        '',
      )
      const { graph, captures } = close(output.leaves, stands, level)
      const own = rule(input, output)
      const pull: CustomAttrs['pull'] = (inputs, outputs, cotangents) => [
        ...own(inputs.slice(0, input.leaves.length), outputs, cotangents),
        // what the function captures from outside is a constant to its rule
        ...inputs.slice(input.leaves.length).map((x) => zeros(x.shape, x.dtype)),
      ]
      const results = apply(customOp, [...input.leaves, ...captures], { body: graph, pull })
      return unflatten<Tree>(output.structure, results) as Result
    })
  }
}
