import { isFloat } from '../dtype.js'
import { orderOf } from '../graph.js'
import { primitives } from '../ops/index.js'
import type { ScanAttrs } from '../ops/scan.js'
import type { Node, Tensor } from '../tensor.js'
import { isNodeOf, isScan } from './build.js'

const p = primitives

/** The axis of a value that runs over rows; null where each row needs the whole value. */
export type RowAxis = number | null

/** How a loop can run on some rows of its batch alone, from the first step to the last. */
export interface Rows {
  /** how many rows there are */
  readonly count: number
  /** of each value of the body: what has an axis is computed for the rows at hand, what has none by everyone */
  readonly axes: ReadonlyMap<Tensor, RowAxis>
}

/**
 * Whether the rows of a batch go through a loop without waiting for one another: no op of the body mixes what lies along
 * the axis of the rows. The proof follows the axis from the carries through every op. Null where there is none.
 */
export function independentRows({ body, carries }: ScanAttrs): Rows | null {
  // scalars such as counters, and keys, are the same for all rows
  const states = body.inputs.slice(0, carries).filter(({ rank, dtype }) => rank > 0 && isFloat(dtype))
  const count = states[0]?.shape[0] ?? 1
  if (count === 1) return null
  const guess = body.inputs.map(({ shape }, i) => (i < carries && shape[0] === count ? 0 : null))
  const forward = settle(body.inputs, body.outputs, carries, guess)
  if (!forward || states.some((state) => forward.get(state) === null)) return null
  return { count, axes: narrow(body.inputs, body.outputs, forward) }
}

/** The axes inside a loop of a body, given those of its inputs; null where it mixes rows. */
export function rowsInside(
  { body, carries, sequences }: ScanAttrs,
  axes: readonly RowAxis[],
): Pick<Rows, 'axes'> | null {
  const isSequence = (i: number) => i >= carries && i < carries + sequences
  const given = axes.map((axis, i) => (axis !== null && isSequence(i) ? axis - 1 : axis))
  if (given.includes(-1)) return null
  const inside = settle(body.inputs, body.outputs, carries, given)
  return inside && { axes: inside }
}

type Axes = Map<Tensor, RowAxis>

/** The axes of all values, with carries that keep theirs; null where rows are mixed. */
function settle(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  carries: number,
  guess: readonly RowAxis[],
): Axes | null {
  for (let given = guess; ;) {
    const axes = follow(inputs, outputs, given)
    if (!axes) return null
    const next = given.map((axis, i) => (i < carries ? (axis ?? axes.get(outputs[i]!)!) : axis))
    const fits = outputs.slice(0, carries).every((output, i) => {
      const axis = axes.get(output)!
      return axis === null || axis === next[i]
    })
    if (!fits) return null
    if (next.every((axis, i) => axis === given[i])) return axes
    given = next
  }
}

function follow(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  given: readonly RowAxis[],
): Axes | null {
  const axes: Axes = new Map(inputs.map((input, i) => [input, given[i]!]))
  for (const node of orderOf(outputs)) {
    const own = node.inputs.map((input) => axes.get(input)!)
    const made = through(node, own)
    if (!made) return null
    node.outputs.forEach((output, i) => axes.set(output, made[i]!))
  }
  return axes
}

/** The axes of a node's outputs; null where it mixes rows. */
function through(node: Node, axes: readonly RowAxis[]): readonly RowAxis[] | null {
  if (axes.every((axis) => axis === null)) return node.outputs.map(() => null)
  if (isScan(node)) return throughLoop(node.attrs, axes)
  const axis = node.op.along?.(axes, node.inputs, node.attrs) ?? null
  return axis === false || axis === null ? null : [axis]
}

/** A loop in the body: its sequences and stacks have time before the axis. */
function throughLoop(attrs: ScanAttrs, axes: readonly RowAxis[]): readonly RowAxis[] | null {
  const { body, carries } = attrs
  const inside = rowsInside(attrs, axes)?.axes
  if (!inside) return null
  return body.outputs.map((output, i) => {
    const axis = inside.get(output)!
    return i < carries ? (axis ?? inside.get(body.inputs[i]!)!) : axis === null ? null : axis + 1
  })
}

/** What only rows are read of is computed for those rows alone, as far back as ops allow. */
function narrow(inputs: readonly Tensor[], outputs: readonly Tensor[], forward: Axes): Axes {
  const axes: Axes = new Map(forward)
  const wanted = new Map<Tensor, RowAxis>()
  const want = (tensor: Tensor, axis: RowAxis) => {
    if (forward.get(tensor) !== null) return
    wanted.set(tensor, wanted.has(tensor) && wanted.get(tensor) !== axis ? null : axis)
  }
  for (const output of outputs) want(output, null)
  for (const node of orderOf(outputs).toReversed()) {
    const own = axes.get(node.outputs[0]!)!
    const asked = node.outputs.length === 1 ? (wanted.get(node.outputs[0]!) ?? null) : null
    const axis = own ?? asked
    const parts = axis === null ? null : partsFor(node, axis, forward)
    if (own === null && parts) axes.set(node.outputs[0]!, axis)
    node.inputs.forEach((input, i) => want(input, parts?.[i] ?? null))
  }
  for (const input of inputs) if (wanted.get(input) !== undefined) axes.set(input, wanted.get(input)!)
  return axes
}

/** Which axis of each input a node needs for some rows of its output; null where it cannot do with a part. */
function partsFor(node: Node, axis: number, forward: Axes): readonly RowAxis[] | null {
  const { op, inputs, outputs, attrs } = node
  if (isScan(node)) return null
  const fixed = inputs.map((input) => forward.get(input)!)
  // what has no rows yet may be read in part, if the op then still has its rows where they are wanted
  if (
    op.elementwise ||
    op.along?.(
      inputs.map(() => axis),
      inputs,
      attrs,
    ) === axis
  ) {
    if (inputs.every(({ shape }) => shape[axis] === outputs[0]!.shape[axis])) return inputs.map(() => axis)
  }
  for (let i = 0; i < inputs.length; i++) {
    for (let own = 0; own < inputs[i]!.rank; own++) {
      const axes = fixed.map((known, j) => (i === j ? own : known))
      if (op.along?.(axes, inputs, attrs) === axis) return axes
    }
  }
  if (fixed.some((known) => known !== null)) return fixed
  // a literal, random bits and what is repeated along the axis can be made in part from the whole
  const [x] = inputs
  const isMade =
    inputs.length === 0 ||
    isNodeOf(node, p.randomBits) ||
    (isNodeOf(node, p.broadcast) && x!.shape[axis] !== outputs[0]!.shape[axis])
  return isMade ? fixed : null
}
