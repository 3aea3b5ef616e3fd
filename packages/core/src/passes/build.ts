import { primitives } from '../ops/index.js'
import { sizeOf } from '../shape.js'
import type { Op } from '../op.js'
import type { Graph } from '../graph.js'
import { apply, Tensor, type Node } from '../tensor.js'
import { isPlaceholder, orderOf } from '../graph.js'
import { scanOp, type ScanAttrs } from '../ops/scan.js'

/** How a rewritten program is made: like `apply`, but simplified where a rule knows how, and equal applications once. */
export interface Builder {
  /** `was` is used again where it is the same node. */
  make<Attrs extends object>(
    op: Op<Attrs>,
    inputs: readonly Tensor[],
    attrs: Attrs,
    was?: Node,
  ): readonly Tensor[]
  /** `make` for ops with one output. */
  one<Attrs extends object>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): Tensor
  /** `make` without the rules. */
  raw(op: Op, inputs: readonly Tensor[], attrs: object, was?: Node): readonly Tensor[]
  /**
   * Makes `outputs` again, with the tensors of `map` replaced; extends `map` by every node made. What no rule touches
   * stays the same node.
   */
  rebuild(outputs: readonly Tensor[], map: Map<Tensor, Tensor>): readonly Tensor[]
  /** A builder for the body of a loop. */
  inner(): Builder
}

/** A simpler tensor that equals the op's result, or null. */
export type Rule<Attrs extends object> = (
  inputs: readonly Tensor[],
  attrs: Attrs,
  b: Builder,
) => Tensor | null

/** Rules by op, and one for loops, which may have several outputs. */
export interface Rules {
  readonly ops: ReadonlyMap<Op, Rule<object>>
  loop(node: Node<ScanAttrs>, inputs: readonly Tensor[], b: Builder): readonly Tensor[]
}

/** Types one entry of a table of rules. */
export function ruleFor<Attrs extends object>(op: Op<Attrs>, rule: Rule<Attrs>): [Op, Rule<object>] {
  return [op as unknown as Op, rule as unknown as Rule<object>]
}

/** A builder for one level of one program. */
export function builder(rules: Rules): Builder {
  const made = new Map<string, readonly Tensor[]>()
  const ids = new Map<Tensor, number>()
  let mark = ''
  const idOf = (tensor: Tensor) => {
    let id = ids.get(tensor)
    if (id === undefined) ids.set(tensor, (id = ids.size))
    return id
  }
  const make = (op: Op, inputs: readonly Tensor[], attrs: object, was?: Node) => {
    const simpler = rules.ops.get(op)?.(inputs, attrs, b)
    return simpler ? [simpler] : b.raw(op, inputs, attrs, was)
  }
  const b: Builder = {
    make: (op, inputs, attrs, was) => make(op as unknown as Op, inputs, attrs, was),
    one: (op, inputs, attrs) => make(op as unknown as Op, inputs, attrs)[0]!,
    raw(op, inputs, attrs, was) {
      const order = inputs.map(idOf)
      if (op.commutative) order.sort((a, b) => a - b)
      const key = `${mark}${op.name} ${keyOf(attrs)} ${order.join()}`
      let outputs = made.get(key)
      if (outputs === undefined) {
        const isSame = was?.attrs === attrs && inputs.every((input, i) => input === was.inputs[i])
        outputs = isSame ? was.outputs : apply(op, inputs, attrs)
        made.set(key, outputs)
      }
      return outputs
    },
    rebuild(outputs, map) {
      const order = orderOf(outputs, (tensor) => map.has(tensor))
      const again = onlyForRepeats(order, outputs)
      const look = (tensor: Tensor) => map.get(tensor) ?? tensor
      for (const node of order) {
        mark = again.has(node) ? 'again ' : ''
        const inputs = node.inputs.map(look)
        const results = isScan(node) ? rules.loop(node, inputs, b) : make(node.op, inputs, node.attrs, node)
        node.outputs.forEach((output, i) => map.set(output, results[i]!))
      }
      mark = ''
      return outputs.map(look)
    },
    inner: () => builder(rules),
  }
  return b
}

/**
 * Nodes that only serve loops which do again, in the backward pass, what the forward pass did not keep. Joined with the
 * nodes they repeat, they would keep it after all.
 */
function onlyForRepeats(order: readonly Node[], outputs: readonly Tensor[]): ReadonlySet<Node> {
  const only = new Set<Node>()
  if (!order.some((node) => isScan(node) && node.attrs.again)) return only
  const read = new Set<Tensor>(outputs)
  for (const node of order.toReversed()) {
    const isRepeat = isScan(node) && node.attrs.again === true
    if (isRepeat || !node.outputs.some((output) => read.has(output))) only.add(node)
    else for (const input of node.inputs) read.add(input)
  }
  return only
}

/** Text that is equal for equal attributes. Graphs are compared by their structure, functions by identity. */
function keyOf(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'object':
      if (Array.isArray(value)) return `[${value.map(keyOf).join()}]`
      if (value === null) return 'null'
      if ('inputs' in value && 'outputs' in value) return keyOfGraph(value as Graph)
      return Object.values(value).map(keyOf).join()
    case 'function':
      return `f${numberFor(value, functions)}`
    default:
      return String(value)
  }
}

const functions = new WeakMap<object, number>()
const graphKeys = new WeakMap<Graph, string>()
let numbers = 0

function numberFor(value: object, table: WeakMap<object, number>): number {
  let n = table.get(value)
  if (n === undefined) table.set(value, (n = ++numbers))
  return n
}

function keyOfGraph(graph: Graph): string {
  let key = graphKeys.get(graph)
  if (key === undefined) {
    const ids = new Map<Tensor, number>(graph.inputs.map((input, i) => [input, i]))
    const parts = graph.inputs.map(({ dtype, shape }) => `${dtype}${shape.join()}`)
    for (const { op, inputs, outputs, attrs } of orderOf(graph.outputs)) {
      parts.push(`${op.name} ${keyOf(attrs)} ${inputs.map((input) => ids.get(input)).join()}`)
      for (const output of outputs) ids.set(output, ids.size)
    }
    key = `{${parts.join(';')}|${graph.outputs.map((output) => ids.get(output)).join()}}`
    graphKeys.set(graph, key)
  }
  return key
}

/** The application of this op that made the tensor, or null. */
export function madeBy<Attrs extends object>(tensor: Tensor, op: Op<Attrs>): Node<Attrs> | null {
  return isNodeOf(tensor.node, op) ? tensor.node : null
}

export function isNodeOf<Attrs extends object>(
  node: Node<object> | null,
  op: Op<Attrs>,
): node is Node<Attrs> & Node<object> {
  return node !== null && (node.op as unknown) === op
}

export function isScan(node: Node<object> | null): node is Node<ScanAttrs> & Node<object> {
  return node !== null && (node.op as unknown) === scanOp
}

/** The value of a tensor all of whose elements are one number written in the program, or null. */
export function literalOf(tensor: Tensor): number | null {
  return madeBy(tensor, primitives.full)?.attrs.value ?? null
}

/** A tensor of one number, as a program holds it. */
export function fill(b: Builder, value: number, { shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>): Tensor {
  return b.one(primitives.full, [], { value, shape, dtype })
}

/** x[…, from:to, …] along one axis. */
export function sliceAlong(x: Tensor, axis: number, from: number, to: number, b: Builder): Tensor {
  return b.one(primitives.slice, [x], {
    start: x.shape.map((_, i) => (i === axis ? from : 0)),
    stop: x.shape.map((extent, i) => (i === axis ? to : extent)),
    step: x.shape.map(() => 1),
  })
}

/** Whether nothing computes the tensor: it is a placeholder, or holds numbers. */
export function isLeaf(tensor: Tensor): boolean {
  return tensor.node === null || isPlaceholder(tensor)
}

/** Sets of inputs in which the op is linear while the others are held. */
export function linearSets({ op, inputs, attrs }: Node): readonly (readonly number[])[] {
  if (op.linear) return op.linear(attrs)
  if (op.derivative.kind !== 'linear') return []
  return [op.derivative.of ?? inputs.map((_, i) => i)]
}

/** Bytes of a tensor. */
export function bytesOf({ shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>): number {
  return sizeOf(shape) * (dtype === 'float64' ? 8 : dtype === 'bool' ? 1 : 4)
}
