import {
  primitives,
  type Op,
  type orderOf,
  type PrimitiveName,
  type Shape,
  type Tensor,
} from '@tapeloop/core'
import { isElementwise } from '../kernels/elementwise.js'

/** What the lowering asks about graphs. */

export type Node = ReturnType<typeof orderOf>[number]

/** The attributes of a primitive. */
export type AttrsOf<Name extends PrimitiveName> =
  (typeof primitives)[Name] extends Op<infer Attrs> ? Attrs : never

/** The attributes of a node if it applies this primitive, or null. */
export function attrsOf<Name extends PrimitiveName>(node: Node | null, name: Name): AttrsOf<Name> | null {
  return node !== null && (node.op as unknown) === primitives[name] ? (node.attrs as AttrsOf<Name>) : null
}

/** The application that makes a tensor within its graph; null for what the graph is given. */
export function madeBy({ node }: Tensor): Node | null {
  return node === null || node.op.name === 'input' ? null : node
}

/** Ops whose result is their first input seen otherwise; strides say it, where they can. */
const views = new Set<unknown>([
  primitives.stop,
  primitives.reshape,
  primitives.transpose,
  primitives.broadcast,
  primitives.slice,
  primitives.flip,
])

export function isView(node: Node): boolean {
  return views.has(node.op)
}

/** What a tensor is a view of: a result of another op, or what the graph is given. */
export function sourceOf(tensor: Tensor): Tensor {
  let source = tensor
  for (let node = madeBy(source); node && isView(node); node = madeBy(source)) source = node.inputs[0]!
  return source
}

/** The number that all elements are, where the program says so. */
export function literalOf(tensor: Tensor): number | null {
  return attrsOf(madeBy(sourceOf(tensor)), 'full')?.value ?? null
}

/** Whether a fused kernel computes the node, element by element. */
export function isMapped(node: Node): boolean {
  return (
    node.op.name !== 'stop' && isElementwise(node.op.name as PrimitiveName, node.inputs[0]?.dtype ?? 'bool')
  )
}

/** The axes that a sum or maximum reduces; null for other nodes. */
export function reducedAxes(node: Node): readonly number[] | null {
  return (attrsOf(node, 'sum') ?? attrsOf(node, 'max'))?.axes ?? null
}

/** Whether a fused kernel computes the node, by a pass over the rows of its input. */
export function isRowReduction(node: Node): boolean {
  const axes = reducedAxes(node)
  if (axes === null || node.inputs[0]!.dtype === 'bool') return false
  const { rank } = node.inputs[0]!
  return axes.length > 0 && axes.every((axis) => axis >= rank - axes.length)
}

/** Whether the node sums (or takes the maximum) down the rows of a matrix: over the first axes, not all. */
export function isFold(node: Node): boolean {
  const axes = reducedAxes(node)
  return axes !== null && !isRowReduction(node) && axes.every((axis) => axis < axes.length)
}

/** A matrix that a fused kernel goes through. */
export interface Space {
  readonly rows: number
  readonly columns: number
}

/** The space in which a node is computed alone: the last axis that is longer than 1, or those it reduces, are columns. */
export function spaceOf(node: Node): Space {
  const axes = reducedAxes(node)
  if (axes) {
    const { shape, size } = node.inputs[0]!
    const columns = axes.reduce((n, axis) => n * shape[axis]!, 1)
    return { rows: size / columns, columns }
  }
  const { shape, size } = node.outputs[0]!
  const columns = lastLong(shape)
  return { rows: size / columns, columns }
}

function lastLong(shape: Shape): number {
  return shape.findLast((extent) => extent !== 1) ?? 1
}

/**
 * How an operand is made from a tensor that a fused kernel knows: `same` elements in the same order, `spread` over the
 * columns of the space (one element a row), or `other`.
 */
export function linkTo(operand: Tensor, from: Tensor, { rows, columns }: Space): 'same' | 'spread' | 'other' {
  let isSpread = false
  for (let x = operand; x !== from;) {
    const node = madeBy(x)!
    const [below] = node.inputs
    if (attrsOf(node, 'broadcast')) {
      const last = x.shape.findLastIndex((extent) => extent !== 1)
      const isLast = x.shape.every((extent, axis) => axis === last || extent === below!.shape[axis])
      if (!isLast || below!.size !== rows || x.size !== rows * columns || x.shape[last] !== columns)
        return 'other'
      isSpread = true
    } else if (!attrsOf(node, 'reshape') && !attrsOf(node, 'stop')) return 'other'
    x = below!
  }
  return isSpread ? 'spread' : 'same'
}
