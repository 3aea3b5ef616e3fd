import { allocate, type DType, type TypedArray } from './dtype.js'
import { refuse } from './errors.js'
import type { TensorMethods } from './methods.js'
import type { Op, Spec } from './op.js'
import { showTensor } from './print/tensor.js'
import { showShape, sizeOf, type Shape } from './shape.js'

/** One application of an op. Its outputs let go of it, and so of its inputs, once they are computed. */
export class Node<Attrs extends object = object> {
  readonly op: Op<Attrs>
  readonly inputs: readonly Tensor[]
  readonly attrs: Attrs
  readonly outputs: readonly Tensor[]
  /** Length of the longest chain of pending nodes that ends here. */
  readonly depth: number
  /** Elements of all values that cannot be let go before this node is computed; what is shared counts often. */
  readonly held: number

  constructor(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs, specs: readonly Spec[], level: number) {
    this.op = op
    this.inputs = inputs
    this.attrs = attrs
    this.depth = 1 + inputs.reduce((depth, { node }) => Math.max(depth, node?.depth ?? 0), 0)
    this.held = inputs.reduce((held, { node, size }) => held + (node?.held ?? 0) + size, 0)
    this.outputs = specs.map((spec, index) => new Tensor(spec, this as unknown as Node, index, level))
  }
}

/**
 * Numbers that live in a backend's memory: what a compiled function returns in the place of a donated argument. The
 * memory is the backend's again when the tensor is donated in its turn, or forgotten.
 */
export interface Resident {
  /** A copy of the numbers. */
  read(): TypedArray
}

/** Where a tensor's numbers are: in ordinary memory, or with a backend. */
export type Value = TypedArray | Resident

/** What the tensors of all copies of this package share. */
const brand = Symbol.for('@tapeloop/core/tensor')

/** Methods for infix mathematics are declared and defined in `methods.ts`. */
export interface Tensor extends TensorMethods {}

/**
 * An immutable n-dimensional array: a value, or the promise of one. Shape and dtype are known at once; numbers are
 * computed when they are first read (`data`, `item`, printing), and then kept.
 */
export class Tensor implements Spec {
  readonly shape: Shape
  readonly dtype: DType
  /** @internal the application that computes this tensor; null once it has numbers */
  node: Node | null
  /** @internal which output of `node` this is */
  readonly index: number
  /** @internal 0 for numbers; n for what depends on the placeholders of the n-th enclosing trace */
  readonly level: number
  /** @internal the numbers, or where a backend keeps them */
  value: Value | null = null
  /** @internal what took the numbers, for the error message, when they were donated */
  spentBy: string | null = null

  /** @internal use `tensor`, `zeros`, … */
  constructor(spec: Spec, node: Node | null, index: number, level: number) {
    this.shape = spec.shape
    this.dtype = spec.dtype
    this.node = node
    this.index = index
    this.level = level
  }

  /** @internal */
  get [brand](): true {
    return true
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape)
  }

  /** The elements in row-major order, as a fresh typed array. Works on every backend. */
  async data(): Promise<TypedArray> {
    return this.dataSync()
  }

  /** The elements in row-major order, as a fresh typed array, where the backend is synchronous. */
  dataSync(): TypedArray {
    return numbersOf(this).slice()
  }

  /** The only element of a tensor of size 1. Works on every backend. */
  async item(): Promise<number> {
    return this.itemSync()
  }

  /** The only element of a tensor of size 1, where the backend is synchronous. */
  itemSync(): number {
    if (this.size !== 1) {
      refuse(
        'item',
        `the tensor has shape ${showShape(this.shape)} and ${this.size} elements; item() reads exactly one`,
      )
    }
    return numbersOf(this)[0]!
  }

  /** Dtype, shape and values; only dtype and shape where there are no numbers to read. */
  toString(): string {
    return showTensor(this, this.level > 0 || this.spentBy !== null ? null : numbersOf(this))
  }

  /** What `console.log` shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** A chain of pending nodes this long, or that holds so many elements, is computed unasked: memory stays bounded. */
const longestChain = 10_000
const mostHeld = 2 ** 23

/** Applies an op: checks the inputs, and returns its outputs, not yet computed. */
export function apply<Attrs extends object>(
  op: Op<Attrs>,
  inputs: readonly Tensor[],
  attrs: Attrs,
): readonly Tensor[] {
  inputs.forEach((input, i) => {
    if (!(input instanceof Tensor)) refuseAsTensor(op.name, `input ${i}`, input)
  })
  const specs = op.infer(inputs, attrs)
  let level = 0
  for (const input of inputs) {
    if (input.spentBy !== null) refuseSpent(op.name, input)
    if (input.level > level) level = input.level
  }
  const node = new Node(op, inputs, attrs, specs, level)
  if (level === 0 && (node.depth >= longestChain || node.held >= mostHeld)) compute(node as unknown as Node)
  return node.outputs
}

/** Refuses what is not a tensor, or is one of another copy of this package, which knows nothing of this one's traces. */
export function refuseAsTensor(
  where: string,
  what: string,
  value: unknown,
  shown = String(value),
  wanted = 'a tensor',
): never {
  if (typeof value === 'object' && value !== null && brand in value) {
    refuse(
      where,
      `${what} is a tensor of another copy of @tapeloop/core; keep one (npm ls @tapeloop/core shows where they are)`,
    )
  }
  return refuse(where, `${what} is ${shown}, not ${wanted}; wrap numbers in tensor(…)`)
}

/** `apply` for the ops with one output. */
export function apply1<Attrs extends object>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): Tensor {
  return apply(op, inputs, attrs)[0]!
}

/** A tensor that owns these numbers. The array is not copied: the caller gives it away. */
export function fromNumbers(value: Value, shape: Shape, dtype: DType): Tensor {
  const result = new Tensor({ shape, dtype }, null, 0, 0)
  result.value = value
  return result
}

/** @internal The numbers themselves, in ordinary memory, computed if need be. Read only. */
export function numbersOf(tensor: Tensor): TypedArray {
  return toNumbers(valueOf(tensor))
}

/** @internal Where the numbers are, computed if need be. */
export function valueOf(tensor: Tensor): Value {
  if (tensor.spentBy !== null) refuseSpent('data', tensor)
  if (tensor.value === null) {
    if (tensor.level > 0) {
      refuse(
        'data',
        `this tensor of shape ${showShape(tensor.shape)} has no numbers: it stands for any value while a function is ` +
          'traced by compile, grad, vmap or scan; choose with where(…), or pass the number in as an argument',
      )
    }
    compute(tensor.node!)
  }
  return tensor.value!
}

/** A value in ordinary memory, copied there if need be. For backends; read only. */
export function toNumbers(value: Value): TypedArray {
  return ArrayBuffer.isView(value) ? value : value.read()
}

function refuseSpent(where: string, tensor: Tensor): never {
  refuse(
    where,
    `a tensor of shape ${showShape(tensor.shape)} was donated to ${tensor.spentBy} and is spent; ` +
      'use the tensor that call returned, read what waits for the old one before the call, or leave it out of donate',
  )
}

/** Computes a node and all it waits for, innermost first, without recursion. */
function compute(root: Node): void {
  const stack: Node[] = [root]
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!
    if (node.outputs[0]!.value !== null) {
      stack.pop()
      continue
    }
    const waiting = node.inputs.filter(({ value }) => value === null)
    if (waiting.length > 0) {
      // what takes longest first, so that the others do not lie around meanwhile
      waiting.sort((a, b) => (a.node?.depth ?? 0) - (b.node?.depth ?? 0))
      for (const input of waiting) {
        if (input.spentBy !== null) refuseSpent(node.op.name, input)
        stack.push(input.node!)
      }
      continue
    }
    stack.pop()
    const values = node.outputs.map((output) => allocate(output.dtype, output.size))
    node.op.kernel(
      node.inputs,
      node.attrs,
      node.outputs,
    )(
      node.inputs.map((input) => toNumbers(input.value!)),
      values,
    )
    node.outputs.forEach((output, index) => {
      output.value = values[index]!
      output.node = null
    })
  }
}
