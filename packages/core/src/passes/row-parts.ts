import { withPlaceholders, orderOf, type Graph } from '../graph.js'
import type { Op } from '../op.js'
import type { ScanAttrs } from '../ops/scan.js'
import { primitives } from '../ops/index.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { isNodeOf, isScan } from './build.js'
import { rowsInside, type RowAxis, type Rows } from './rows.js'

/** Some rows of a batch. */
export interface RowRange {
  readonly first: number
  readonly count: number
}

/**
 * The body of a loop for some rows of its batch: what has an axis in `axes` is there for those rows alone. Null where an op
 * cannot be said for fewer rows.
 */
export function bodyForRows(
  { body, carries }: Pick<ScanAttrs, 'body' | 'carries'>,
  { axes }: Pick<Rows, 'axes'>,
  range: RowRange,
): Graph | null {
  const specs = body.inputs.map(({ shape, dtype }, i) => ({
    shape: withExtent(shape, axes.get(body.inputs[i]!)!, range.count),
    dtype,
  }))
  return withPlaceholders(specs, 'loop value', (inputs) => {
    const parts = new Map(body.inputs.map((input, i) => [input, inputs[i]!]))
    for (const node of orderOf(body.outputs)) {
      const outputs = partOf(node, axes, parts, range)
      if (!outputs) return null
      node.outputs.forEach((output, i) => parts.set(output, outputs[i]!))
    }
    const outputs = body.outputs.map((output, i) => {
      const axis = i < carries && axes.get(output) === null ? axes.get(body.inputs[i]!)! : null
      return axis === null ? parts.get(output)! : rowsOf(parts.get(output)!, axis, range)
    })
    return { inputs, outputs }
  })
}

type Axes = ReadonlyMap<Tensor, RowAxis>

/** A node for some rows; null where that has not the shape it should have. */
function partOf(
  node: Node,
  axes: Axes,
  parts: ReadonlyMap<Tensor, Tensor>,
  range: RowRange,
): readonly Tensor[] | null {
  const inputs = node.inputs.map((input) => parts.get(input)!)
  const own = node.inputs.map((input) => axes.get(input)!)
  const wanted = node.outputs.map((output) => axes.get(output)!)
  if (wanted.every((axis) => axis === null)) return apply(node.op, inputs, node.attrs)
  const made = isScan(node)
    ? loopFor(node, own, inputs, range)
    : [oneFor(node, own, wanted[0]!, inputs, range)]
  const fits = made?.every(({ shape }, i) => {
    const wholly = withExtent(node.outputs[i]!.shape, wanted[i]!, range.count)
    return shape.join() === wholly.join()
  })
  return fits ? made! : null
}

function oneFor(
  node: Node,
  own: readonly RowAxis[],
  axis: number,
  inputs: readonly Tensor[],
  range: RowRange,
): Tensor {
  const { op, attrs } = node
  const [y] = node.outputs
  const shape = withExtent(y!.shape, axis, range.count)
  // ops whose attributes say how many rows there are
  if (isNodeOf(node, primitives.full)) return one(primitives.full, [], { ...node.attrs, shape })
  if (isNodeOf(node, primitives.reshape) && own[0] !== null) return one(primitives.reshape, inputs, { shape })
  if (isNodeOf(node, primitives.broadcast) && inputs[0]!.shape[axis] !== y!.shape[axis])
    return one(primitives.broadcast, inputs, { shape })
  if (isNodeOf(node, primitives.slice) && own[0] !== null)
    return one(primitives.slice, inputs, {
      ...node.attrs,
      stop: withExtent(node.attrs.stop, axis, range.count),
    })
  // what is there as a whole is made as a whole
  if (own.every((known) => known === null)) return rowsOf(one(op, inputs, attrs), axis, range)
  const isSame =
    own.every((known) => known === null || known === axis) &&
    node.inputs.every((input) => input.shape[axis] === y!.shape[axis]) &&
    op.along?.(
      own.map(() => axis),
      node.inputs,
      attrs,
    ) === axis
  const cut = inputs.map((input, i) => (isSame && own[i] === null ? rowsOf(input, axis, range) : input))
  return one(op, cut, attrs)
}

/** A loop in the body. */
function loopFor(
  { op, attrs }: Node<ScanAttrs>,
  own: readonly RowAxis[],
  inputs: readonly Tensor[],
  range: RowRange,
): readonly Tensor[] | null {
  const rows = rowsInside(attrs, own)
  const body = rows && bodyForRows(attrs, rows, range)
  if (!body) return null
  const cut = inputs.map((input, i) => {
    // a carry that starts alike for all rows, but does not stay so
    const inside = rows.axes.get(attrs.body.inputs[i]!)!
    return i < attrs.carries && own[i] === null && inside !== null ? rowsOf(input, inside, range) : input
  })
  return apply(op, cut, { ...attrs, body })
}

function one<Attrs extends object>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs): Tensor {
  return apply(op, inputs, attrs)[0]!
}

function rowsOf(x: Tensor, axis: number, { first, count }: RowRange): Tensor {
  return one(primitives.slice, [x], {
    start: x.shape.map((_, i) => (i === axis ? first : 0)),
    stop: withExtent(x.shape, axis, first + count),
    step: x.shape.map(() => 1),
  })
}

function withExtent(shape: readonly number[], axis: RowAxis, extent: number): number[] {
  return shape.map((whole, i) => (i === axis ? extent : whole))
}
