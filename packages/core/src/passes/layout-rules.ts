import { primitives } from '../ops/index.js'
import type { Pad, Slice } from '../ops/movement.js'
import type { Shape } from '../shape.js'
import type { Node, Tensor } from '../tensor.js'
import { fill, isNodeOf, literalOf, type Builder } from './build.js'

const p = primitives

/**
 * Two axes that some transpose exchanges, such as batch and time: the first two of a tensor with extents a and b, or
 * flattened into the first one.
 */
export interface Pair {
  readonly a: number
  readonly b: number
  readonly flat: boolean
}

/** Which tensors of a node have the pair; the node can do its work with the two axes exchanged in all of these. */
export interface Paired {
  readonly inputs: readonly (Pair | null)[]
  readonly output: Pair | null
  /** The same work on exchanged operands. Those without the pair come as they are. */
  exchanged(inputs: readonly Tensor[], b: Builder): Tensor
}

/** What follows for a node from the pair of one of its tensors; null if it cannot work with the axes exchanged. */
export function pairedNode(node: Node, known: Tensor, pair: Pair): Paired | null {
  const paired = pairsOf(node, known, pair)
  if (!paired || !node.inputs.some((input) => literalOf(input) !== null)) return paired
  // literals are made anew in the shape that is wanted
  const literals = node.inputs.map((input, i) => (paired.inputs[i] ? literalOf(input) : null))
  return {
    ...paired,
    inputs: paired.inputs.map((own, i) => (literals[i] === null ? own : null)),
    exchanged(inputs, b) {
      const parts = inputs.map((x, i) => {
        const shape = paired.inputs[i] ? turn(x.shape, paired.inputs[i]) : x.shape
        return literals[i] === null ? x : fill(b, literals[i]!, { shape, dtype: x.dtype })
      })
      return paired.exchanged(parts, b)
    },
  }
}

function pairsOf(node: Node, known: Tensor, pair: Pair): Paired | null {
  const { op, inputs, outputs, attrs } = node
  const output = outputs[0]!
  const same =
    (change: object = attrs) =>
    (parts: readonly Tensor[], b: Builder) =>
      b.one(op, parts, change)
  const isFirst = known !== output || inputs.includes(known)
  if (op.elementwise) return { inputs: inputs.map(() => pair), output: pair, exchanged: same() }
  if (isNodeOf(node, p.reshape)) {
    const [from, to] = [readPair(inputs[0]!.shape, pair), readPair(output.shape, pair)]
    return from && to && { inputs: [from], output: to, exchanged: same({ shape: turn(output.shape, to) }) }
  }
  if (isNodeOf(node, p.matmul)) {
    if (!pair.flat || output.rank !== 2) return null
    const { transposeA, transposeB } = node.attrs
    const isRows = !transposeA && (known === output || known === inputs[0])
    if (isRows) return { inputs: [pair, null], output: pair, exchanged: same() }
    return transposeA && !transposeB && isFirst
      ? { inputs: [pair, pair], output: null, exchanged: same() }
      : null
  }
  if (isNodeOf(node, p.sum) || isNodeOf(node, p.max)) return reduction(node, known, pair)
  if (isNodeOf(node, p.take)) {
    if (known === inputs[0] && known !== inputs[1]) return null
    const own = readPair(inputs[1]!.shape, pair)
    return own && { inputs: [null, own], output: own, exchanged: same() }
  }
  if (isNodeOf(node, p.scatterAdd)) {
    const own = isFirst ? readPair(inputs[0]!.shape, pair) : null
    return own && { inputs: [own, own], output: null, exchanged: same() }
  }
  if (isNodeOf(node, p.pick) || isNodeOf(node, p.place)) {
    const lead = pair.flat ? 1 : 2
    return output.rank > lead ? { inputs: [pair, pair], output: pair, exchanged: same() } : null
  }
  if (isNodeOf(node, p.broadcast)) {
    const to = readPair(output.shape, pair)
    const [first, second] = inputs[0]!.shape
    if (!to) return null
    const isWhole = to.flat ? first === to.a * to.b : first === to.a && second === to.b
    const isTurned = !isWhole && !to.flat && first !== second
    return {
      inputs: [isWhole ? to : null],
      output: to,
      exchanged([x], b) {
        const part = isTurned ? b.one(p.transpose, [x!], { permutation: exchange(x!.rank) }) : x!
        return b.one(p.broadcast, [part], { shape: turn(output.shape, to) })
      },
    }
  }
  return movement(node, known, pair)
}

/** The pair as a shape has it: kept apart or flattened. */
function readPair(shape: Shape, { a, b }: Pair): Pair | null {
  if (shape[0] === a && shape[1] === b) return { a, b, flat: false }
  return shape[0] === a * b ? { a, b, flat: true } : null
}

function reduction(
  node: Node<{ readonly axes: readonly number[] }>,
  known: Tensor,
  pair: Pair,
): Paired | null {
  const { op, inputs, attrs } = node
  const { axes } = attrs
  const lead = pair.flat ? 1 : 2
  const [x] = inputs
  const isKept = axes.every((axis) => axis >= lead)
  if (known !== x && (!isKept || x!.rank < lead)) return null
  const turned = pair.flat ? axes : axes.map(exchangedAxis).toSorted((m, n) => m - n)
  return {
    inputs: [pair],
    output: isKept ? pair : null,
    exchanged: (parts, b) => b.one(op, parts, { axes: turned }),
  }
}

/** Ops that work along some axes and leave the others apart. */
function movement(node: Node, known: Tensor, pair: Pair): Paired | null {
  const { op, inputs, outputs } = node
  const [output] = outputs
  const all = [...inputs, output!]
  const ranks = new Set(all.map(({ rank }) => rank))
  if (ranks.size !== 1 || !all.includes(known) || (!pair.flat && output!.rank < 2)) return null
  const change = exchangedAttrs(node, pair.flat)
  if (!change) return null
  const pairOf = ({ shape }: Tensor): Pair => (pair.flat ? pair : { a: shape[0]!, b: shape[1]!, flat: false })
  return {
    inputs: inputs.map(pairOf),
    output: pairOf(output!),
    exchanged: (parts, b) => b.one(op, parts, change),
  }
}

/** The attributes for exchanged axes; with flattened ones, the op must leave the first axis alone. */
function exchangedAttrs(node: Node, flat: boolean): object | null {
  const swap = <T>(values: readonly T[]) => (flat ? values : [values[1]!, values[0]!, ...values.slice(2)])
  const axisOf = (axis: number) => (flat ? axis : exchangedAxis(axis))
  if (isNodeOf(node, p.slice)) {
    const { start, stop, step } = node.attrs as Slice
    const isWhole = node.inputs[0]!.shape[0] === node.outputs[0]!.shape[0]
    return flat && !isWhole ? null : { start: swap(start), stop: swap(stop), step: swap(step) }
  }
  if (isNodeOf(node, p.pad)) {
    const { low, high, interior, value } = node.attrs as Pad
    const isWhole = node.inputs[0]!.shape[0] === node.outputs[0]!.shape[0]
    return flat && !isWhole ? null : { low: swap(low), high: swap(high), interior: swap(interior), value }
  }
  if (isNodeOf(node, p.concat))
    return flat && node.attrs.axis === 0 ? null : { axis: axisOf(node.attrs.axis) }
  if (isNodeOf(node, p.cumsum))
    return flat && node.attrs.axis === 0 ? null : { ...node.attrs, axis: axisOf(node.attrs.axis) }
  if (isNodeOf(node, p.flip))
    return flat && node.attrs.axes.includes(0) ? null : { axes: node.attrs.axes.map(axisOf) }
  if (isNodeOf(node, p.transpose)) {
    const { permutation } = node.attrs
    const keeps = permutation[0] === 0 && (flat || permutation[1] === 1)
    return keeps ? node.attrs : null
  }
  return null
}

function exchangedAxis(axis: number): number {
  return axis < 2 ? 1 - axis : axis
}

function turn(shape: Shape, { flat }: Pair): number[] {
  return flat ? [...shape] : [shape[1]!, shape[0]!, ...shape.slice(2)]
}

/** The permutation that exchanges the first two axes. */
export function exchange(rank: number): number[] {
  return [1, 0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2)]
}

/** A tensor with the axes of its pair exchanged. */
export function exchangePair(x: Tensor, { a, b: extent, flat }: Pair, make: Builder): Tensor {
  if (!flat) return make.one(p.transpose, [x], { permutation: exchange(x.rank) })
  const rest = x.shape.slice(1)
  const apart = make.one(p.reshape, [x], { shape: [a, extent, ...rest] })
  const turned = make.one(p.transpose, [apart], { permutation: exchange(apart.rank) })
  return make.one(p.reshape, [turned], { shape: x.shape })
}
