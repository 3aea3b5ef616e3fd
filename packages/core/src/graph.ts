import { refuse } from './errors.js'
import { apply, Node, Tensor } from './tensor.js'
import type { Op, Spec } from './op.js'
import { sameShape, showShape } from './shape.js'

/** What a placeholder is an output of. It has no value until a graph is run or rewritten with one in its place. */
const inputOp: Op<{ readonly label: string }> & { readonly name: 'input' } = {
  name: 'input',
  formula: String.raw`x`,
  cost: 'free',
  infer: () => refuse('input', 'placeholders are made by a trace, not applied'),
  kernel: (_inputs, { label }) =>
    refuse(
      'data',
      `the placeholder ${label} escaped from the function it was traced in; return it from there instead`,
    ),
  derivative: { kind: 'none' },
}

/**
 * A closed program: every path from an output ends at one of `inputs` or at an op without inputs. The nodes are
 * shared, immutable tensors; a pass returns new outputs.
 */
export interface Graph {
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly Tensor[]
}

/** How many traces are open; a placeholder's level. */
let openTraces = 0

/** Makes placeholders that live inside `body`. Whatever depends on them has their level. */
export function withPlaceholders<Result>(
  specs: readonly Spec[],
  label: string,
  body: (placeholders: readonly Tensor[], level: number) => Result,
): Result {
  openTraces++
  try {
    const level = openTraces
    return body(
      specs.map((spec, i) => placeholder(spec, specs.length > 1 ? `${label} ${i}` : label, level)),
      level,
    )
  } finally {
    openTraces--
  }
}

/** One more placeholder inside an open `withPlaceholders`. */
export function placeholder(spec: Spec, label: string, level: number): Tensor {
  const specs = [{ shape: [...spec.shape], dtype: spec.dtype }]
  return new Node(inputOp, [], { label }, specs, level).outputs[0]!
}

export function isPlaceholder(tensor: Tensor): boolean {
  return tensor.node !== null && (tensor.node.op as Op) === (inputOp as unknown as Op)
}

/**
 * The nodes that `outputs` need, inputs before uses, without recursion. `isLeaf` says where to stop; placeholders
 * and numbers are always leaves.
 */
export function orderOf(outputs: readonly Tensor[], isLeaf?: (tensor: Tensor) => boolean): Node[] {
  const order: Node[] = []
  const state = new Map<Node, boolean>() // false: entered, true: listed
  const stack: Node[] = []
  const enter = (tensor: Tensor) => {
    const node = tensor.node
    if (node === null || state.has(node) || isPlaceholder(tensor) || isLeaf?.(tensor)) return
    stack.push(node)
  }
  for (const output of outputs) {
    enter(output)
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!
      const seen = state.get(node)
      if (seen === undefined) {
        state.set(node, false)
        for (let i = node.inputs.length - 1; i >= 0; i--) enter(node.inputs[i]!)
      } else {
        stack.pop()
        if (!seen) {
          state.set(node, true)
          order.push(node)
        }
      }
    }
  }
  return order
}

/** Looks a tensor up in a rewriting map; what is not in it stands for itself. */
export function mapped(map: ReadonlyMap<Tensor, Tensor>, tensor: Tensor): Tensor {
  return map.get(tensor) ?? tensor
}

/** Rebuilds `outputs` with the tensors of `map` replaced; extends `map` by every node it rebuilt. */
export function substitute(outputs: readonly Tensor[], map: Map<Tensor, Tensor>): Tensor[] {
  for (const node of orderOf(outputs, (tensor) => map.has(tensor))) {
    if (!node.inputs.some((input) => map.has(input))) continue
    const rebuilt = apply(
      node.op,
      node.inputs.map((input) => mapped(map, input)),
      node.attrs,
    )
    node.outputs.forEach((output, i) => {
      if (!map.has(output)) map.set(output, rebuilt[i]!)
    })
  }
  return outputs.map((output) => mapped(map, output))
}

/** A program closed over what it uses from outside: `captures[i]` is the value of `graph.inputs[n + i]`. */
export interface Closed {
  readonly graph: Graph
  readonly captures: readonly Tensor[]
}

/**
 * Closes a program over its placeholders: the largest parts that do not depend on them become further inputs.
 * Literals (and what merely spreads one) are copied in instead, so that nobody who reads their numbers changes the graph.
 */
export function close(outputs: readonly Tensor[], placeholders: readonly Tensor[], level: number): Closed {
  const captures: Tensor[] = []
  const inputs: Tensor[] = []
  const map = new Map<Tensor, Tensor>()
  const isOutside = (tensor: Tensor) => tensor.level < level && !isLiteral(tensor) && !isSpread(tensor)
  const capture = (tensor: Tensor) => {
    if (!isOutside(tensor) || map.has(tensor)) return
    const stand = placeholder(tensor, `capture ${captures.length}`, level)
    map.set(tensor, stand)
    captures.push(tensor)
    inputs.push(stand)
  }
  outputs.forEach(capture)
  for (const node of orderOf(outputs, isOutside)) {
    node.inputs.forEach(capture)
    const isOurs = node.outputs[0]!.level >= level
    if (isOurs && !node.inputs.some((input) => map.has(input))) continue
    const rebuilt = apply(
      node.op,
      node.inputs.map((input) => mapped(map, input)),
      node.attrs,
    )
    node.outputs.forEach((output, i) => map.set(output, rebuilt[i]!))
  }
  return {
    graph: { inputs: [...placeholders, ...inputs], outputs: outputs.map((output) => mapped(map, output)) },
    captures,
  }
}

/** Whether a pending tensor only repeats a smaller one: a program takes the smaller one from outside. */
function isSpread({ node }: Tensor): boolean {
  if (node === null) return false
  return node.op.name === 'broadcast' || node.op.name === 'reshape'
}

/**
 * Whether a pending tensor is a constant of the program: no inputs, one literal moved around, or a little arithmetic on
 * literals of one number each, which a compiler folds.
 */
export function isLiteral(tensor: Tensor): boolean {
  const below = [tensor]
  let isArithmetic = false
  for (const { node } of below) {
    if (node === null || below.length > 32) return false
    if (node.op.elementwise) isArithmetic = true
    else if (node.inputs.length > 0 && (node.inputs.length > 1 || node.op.cost !== 'free')) return false
    below.push(...node.inputs)
  }
  return below.every(({ node }) => {
    if (node!.inputs.length > 0) return true
    return isArithmetic ? node!.op.name === 'full' : (node!.op as Op) !== (inputOp as unknown as Op)
  })
}

export function isGraph(value: unknown): value is Graph {
  return typeof value === 'object' && value !== null && 'inputs' in value && 'outputs' in value
}

/** The programs that a node holds, such as the body of a loop, by name. */
export function bodiesOf({ attrs }: Node): readonly (readonly [name: string, body: Graph])[] {
  return Object.entries(attrs).filter((entry): entry is [string, Graph] => isGraph(entry[1]))
}

/**
 * Checks a graph's invariants, and those of the bodies in it: closed, inputs are placeholders, shapes and dtypes as the
 * ops infer them.
 *
 * @throws where one does not hold, naming the node
 */
export function verify(graph: Graph): void {
  const inputs = new Set(graph.inputs)
  for (const input of graph.inputs)
    if (!isPlaceholder(input)) refuse('verify', `input ${input} is not a placeholder`)
  if (inputs.size !== graph.inputs.length)
    refuse('verify', 'a placeholder stands twice among the inputs; make one for each')
  const check = (tensor: Tensor) => {
    if (tensor.node === null)
      refuse('verify', `the program holds numbers of shape ${showShape(tensor.shape)}`)
    if (isPlaceholder(tensor) && !inputs.has(tensor)) {
      refuse('verify', `${tensor} is a placeholder of another trace; return values from a traced function`)
    }
  }
  graph.outputs.forEach(check)
  for (const node of orderOf(graph.outputs)) {
    node.inputs.forEach(check)
    node.op.infer(node.inputs, node.attrs).forEach((spec, i) => {
      const output = node.outputs[i]!
      if (spec.dtype !== output.dtype || !sameShape(spec.shape, output.shape)) {
        refuse(
          'verify',
          `${node.op.name} infers ${spec.dtype} ${showShape(spec.shape)} but its output is ${output}`,
        )
      }
    })
    for (const [, body] of bodiesOf(node)) verify(body)
  }
}
