import {
  compile,
  flatten,
  isFloat,
  orderOf,
  primitives,
  toNumbers,
  type DType,
  type Graph,
  type Kernel,
  type Shape,
  type Tensor,
  type Tree,
  type TypedArray,
  type Value,
} from '@tapeloop/core'
import { allocate } from './arrays.js'

/** The first number that is not finite, and what gave it. */
export interface NonFinite {
  /** The op, or null where an argument itself holds the number. */
  readonly op: string | null
  /** The dotted path of that argument, or null where an op gave the number. */
  readonly argument: string | null
  /** NaN, Infinity or -Infinity. */
  readonly value: number
  /** Shape and dtype of the tensor that holds it. */
  readonly shape: Shape
  readonly dtype: DType
  /** Where in the tensor it stands first. */
  readonly index: readonly number[]
  /** For each loop around the op, the outermost first: the time step, counted from 0, and how many there are. */
  readonly loops: readonly { readonly step: number; readonly length: number }[]
}

/**
 * Runs a function op by op on the reference kernels, unfused, to find where numbers that are not finite come from: the
 * first op, and inside of loops the first time step, that makes one from finite numbers, and from which it reaches the
 * result. Numbers that are not finite but never reach the result (masks of -Infinity, say) do not count.
 *
 * @param f as for `compile`, of one record of tensors
 * @param args its argument; the paths in it are those that the finding names
 * @returns null where all of the result is finite
 */
export function findNonFinite<Args extends Tree>(f: (args: Args) => Tree, args: Args): NonFinite | null {
  const { paths } = flatten(args)
  let found: NonFinite | null = null
  const run = (graph: Graph, inputs: readonly TypedArray[]) => {
    const values = evaluate(graph, inputs)
    const trail = follow(graph, values, nonFiniteOf(graph.outputs, values))
    const [first] = [...trail.inputs].toSorted((a, b) => a - b)
    if (first !== undefined) {
      const argument = paths[first] ?? 'a tensor from outside of the function'
      found = { ...locate(graph.inputs[first]!, values), op: null, argument, loops: [] }
    } else found = trail.origin
    return graph.outputs.map((output) => values.get(output)!)
  }
  const backend = {
    name: 'search for what is not finite',
    // what a training step gave back lies in the memory of its backend
    compile: (graph: Graph) => ({ run: (inputs: readonly Value[]) => run(graph, inputs.map(toNumbers)) }),
  }
  compile(f, { backend, name: 'findNonFinite' })(args)
  return found
}

/** A finding in words: `log gives -Infinity at [3, 7] of float32 [32, 65] in time step 12 (of 0 to 63)`. */
export function describeNonFinite({ op, argument, value, shape, dtype, index, loops }: NonFinite): string {
  const place = shape.length === 0 ? '' : ` at [${index.join(', ')}] of ${dtype} [${shape.join(', ')}]`
  const times = loops.map(({ step, length }) => `time step ${step} (of 0 to ${length - 1})`)
  const when = times.length === 0 ? '' : ` in ${times.join(', ')}`
  return op === null ? `${argument} holds ${value}${place}` : `${op} gives ${value}${place}${when}`
}

type Node = ReturnType<typeof orderOf>[number]
type Values = Map<Tensor, TypedArray>
type ScanAttrs = Parameters<(typeof primitives.scan)['kernel']>[1]
type CustomAttrs = Parameters<(typeof primitives.custom)['kernel']>[1]

/** Where the numbers come from: an op inside of a graph, and the inputs of the graph that brought some. */
interface Trail {
  readonly origin: NonFinite | null
  readonly inputs: ReadonlySet<number>
}

const prepared = new WeakMap<Graph, readonly { readonly node: Node; readonly kernel: Kernel }[]>()

/** Every value of a graph. */
function evaluate(graph: Graph, inputs: readonly TypedArray[]): Values {
  let steps = prepared.get(graph)
  if (steps === undefined) {
    steps = orderOf(graph.outputs).map((node) => ({
      node,
      kernel: node.op.kernel(node.inputs, node.attrs, node.outputs),
    }))
    prepared.set(graph, steps)
  }
  const values: Values = new Map(graph.inputs.map((input, i) => [input, inputs[i]!]))
  for (const { node, kernel } of steps) {
    const outputs = node.outputs.map(({ dtype, size }) => allocate(dtype, size))
    kernel(valuesOf(node.inputs, values), outputs)
    node.outputs.forEach((output, i) => values.set(output, outputs[i]!))
  }
  return values
}

/** Goes back from `guilty` values of a graph that are not finite to where they come from. */
function follow(graph: Graph, values: Values, guilty: readonly Tensor[]): Trail {
  const tainted = new Set(guilty)
  let origin: NonFinite | null = null
  // users of a value come after it, so that all that is tainted is known when its node is reached
  for (const node of orderOf(graph.outputs).toReversed()) {
    const outputs = node.outputs.filter((output) => tainted.has(output))
    if (outputs.length === 0) continue
    const inner = insideOf(node, values, outputs)
    const sources =
      inner === null
        ? nonFiniteOf(node.inputs, values).filter((input) => !isLiteral(input))
        : node.inputs.filter((_, i) => inner.inputs.has(i))
    for (const source of sources) tainted.add(source)
    if (inner !== null) origin = inner.origin ?? origin
    else if (sources.length === 0)
      origin = { ...locate(outputs[0]!, values), op: node.op.name, argument: null, loops: [] }
  }
  return { origin, inputs: new Set(graph.inputs.flatMap((input, i) => (tainted.has(input) ? [i] : []))) }
}

/** The trail inside of a node that holds a graph. */
function insideOf(node: Node, values: Values, guilty: readonly Tensor[]): Trail | null {
  const inputs = valuesOf(node.inputs, values)
  const indices = new Set(guilty.map((output) => node.outputs.indexOf(output)))
  if ((node.op as object) === primitives.scan) return insideOfLoop(node.attrs as ScanAttrs, inputs, indices)
  if ((node.op as object) !== primitives.custom) return null
  const { body } = node.attrs as CustomAttrs
  const inner = evaluate(body, inputs)
  return follow(
    body,
    inner,
    body.outputs.filter((_, i) => indices.has(i)),
  )
}

/** The trail inside of a loop: forward for the values that are carried, then back through the steps. */
function insideOfLoop(
  { body, carries, sequences, length, reverse }: ScanAttrs,
  inputs: readonly TypedArray[],
  guilty: ReadonlySet<number>,
): Trail {
  const timeOf = (step: number) => (reverse ? length - 1 - step : step)
  const run = (step: number, carry: readonly TypedArray[]) => {
    const slices = inputs.slice(carries, carries + sequences).map((sequence, i) => {
      const { size } = body.inputs[carries + i]!
      return sequence.subarray(timeOf(step) * size, (timeOf(step) + 1) * size)
    })
    return evaluate(body, [...carry, ...slices, ...inputs.slice(carries + sequences)])
  }
  const entering: (readonly TypedArray[])[] = [inputs.slice(0, carries)]
  for (let step = 0; step + 1 < length; step++) {
    entering.push(valuesOf(body.outputs.slice(0, carries), run(step, entering[step]!)))
  }
  let carried: ReadonlySet<number> = new Set([...guilty].filter((i) => i < carries))
  let origin: NonFinite | null = null
  const reached = new Set<number>()
  for (let step = length - 1; step >= 0; step--) {
    const values = run(step, entering[step]!)
    const leaving = body.outputs.filter((_, i) => (i < carries ? carried : guilty).has(i))
    const trail = follow(body, values, nonFiniteOf(leaving, values))
    if (trail.origin !== null) {
      const loops = [{ step: timeOf(step), length }, ...trail.origin.loops]
      origin = { ...trail.origin, loops }
    }
    carried = new Set([...trail.inputs].filter((i) => i < carries))
    for (const i of trail.inputs) if (i >= carries) reached.add(i)
  }
  for (const i of carried) reached.add(i)
  return { origin, inputs: reached }
}

function valuesOf(tensors: readonly Tensor[], values: Values): readonly TypedArray[] {
  return tensors.map((tensor) => values.get(tensor)!)
}

function nonFiniteOf(tensors: readonly Tensor[], values: Values): readonly Tensor[] {
  return tensors.filter((tensor) => isFloat(tensor.dtype) && firstNonFinite(values.get(tensor)!) >= 0)
}

/** The position of the first number that is not finite, or -1. */
export function firstNonFinite(numbers: TypedArray): number {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return i
  return -1
}

/** A constant that the user wrote is no accident; what is made of it may be. */
function isLiteral({ node }: Tensor): boolean {
  return node !== null && node.inputs.length === 0 && node.op.name === 'full'
}

function locate(tensor: Tensor, values: Values): Pick<NonFinite, 'value' | 'shape' | 'dtype' | 'index'> {
  const numbers = values.get(tensor)!
  const position = firstNonFinite(numbers)
  const { shape, dtype } = tensor
  let rest = position
  const index = shape.toReversed().map((extent) => {
    const at = rest % extent
    rest = Math.floor(rest / extent)
    return at
  })
  return { value: numbers[position]!, shape, dtype, index: index.toReversed() }
}
