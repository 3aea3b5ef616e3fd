import { orderOf, type Graph } from '../graph.js'
import { primitives } from '../ops/index.js'
import type { Layout } from '../ops/matmul.js'
import type { Pad, Slice } from '../ops/movement.js'
import { scanOp } from '../ops/scan.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { isNodeOf, literalOf, madeBy, sliceAlong, type Builder } from './build.js'
import { dependenceOf } from './dependence.js'
import { openLoop } from './loop.js'
import { rewriteLoops } from './rewrite.js'
import { simplifier } from './simplify.js'

const p = primitives

/** The cycle that a node of a body is in. */
type Cycles = ReadonlyMap<Node, number>

/** A stretch of an axis that ends at `to`: in the cycle, outside of it, or nothing but the zeros of a padding. */
interface Stretch {
  readonly to: number
  readonly kind: 'inside' | 'outside' | 'zero'
}

/**
 * Cuts products in cycles where only a part of an operand, or of the result, is in the cycle: `[a b]·W = a·W₁ + b·W₂`,
 * and columns of `a·W` are a times columns of W. `distribute` can then move the other part out of the loop. Columns that
 * nobody reads, and what meets only the zeros of a padding, go everywhere.
 */
export function split(graph: Graph): Graph {
  const inner = rewriteLoops(graph, (attrs, inputs) => {
    const body = splitLevel(attrs.body, dependenceOf(openLoop(attrs, inputs)).cycle)
    return body && apply(scanOp, inputs, { ...attrs, body })
  })
  return splitLevel(inner, new Map()) ?? inner
}

function splitLevel({ inputs, outputs }: Graph, cycles: Cycles): Graph | null {
  const order = orderOf(outputs)
  const wanted = partsWanted(order, outputs, cycles)
  const b = simplifier()
  const map = new Map<Tensor, Tensor>()
  const look = (tensor: Tensor) => map.get(tensor) ?? tensor
  let count = 0
  for (const node of order) {
    const parts = node.inputs.map(look)
    const isProduct = isNodeOf(node, p.matmul)
    const cut = wanted.get(node)?.(parts[0]!, b) ?? (isProduct ? splitProduct(node, parts, cycles, b) : null)
    if (cut) count++
    const made = cut ? [cut] : b.raw(node.op, parts, node.attrs, node)
    node.outputs.forEach((output, i) => map.set(output, made[i]!))
  }
  return count > 0 ? { inputs, outputs: outputs.map(look) } : null
}

/** A product as a sum of products, one for each stretch of the summed axis. */
function splitProduct(
  node: Node<Layout> & Node,
  [a, b]: readonly Tensor[],
  cycles: Cycles,
  make: Builder,
): Tensor | null {
  const { transposeA, transposeB } = node.attrs
  const rank = a!.rank
  const axisA = transposeA ? rank - 2 : rank - 1
  const axisB = transposeB ? rank - 1 : rank - 2
  const own = cycles.get(node)
  const stretches = [
    stretchesOf(node.inputs[0]!, axisA, own, cycles),
    stretchesOf(node.inputs[1]!, axisB, own, cycles),
  ].find((all) => all.length > 1)
  if (!stretches) return null
  const terms = stretches.flatMap(({ to, kind }, i) => {
    if (kind === 'zero') return []
    const from = stretches[i - 1]?.to ?? 0
    const parts = [sliceInto(a!, axisA, from, to, make), sliceInto(b!, axisB, from, to, make)]
    return [make.one(p.matmul, parts, node.attrs)]
  })
  return terms.reduce((sum, term) => make.one(p.add, [sum, term], {}))
}

/** The stretches of an axis by what was concatenated or padded. Of those outside a cycle none is told from another. */
function stretchesOf(x: Tensor, axis: number, own: number | undefined, cycles: Cycles): readonly Stretch[] {
  const known = new Map<Tensor, readonly Stretch[]>()
  const visit = (tensor: Tensor): readonly Stretch[] => {
    let found = known.get(tensor)
    if (!found) known.set(tensor, (found = look(tensor)))
    return found
  }
  const look = (tensor: Tensor): readonly Stretch[] => {
    const node = tensor.node!
    const extent = tensor.shape[axis]!
    if (literalOf(tensor) === 0) return [{ to: extent, kind: 'zero' }]
    if (isNodeOf(node, p.concat) && node.attrs.axis === axis) {
      let at = 0
      return node.inputs.flatMap((part) => {
        const start = at
        at += part.shape[axis]!
        return visit(part).map(({ to, kind }) => ({ to: start + to, kind }))
      })
    }
    const isInside = own !== undefined && cycles.get(node) === own
    if (isNodeOf(node, p.pad)) {
      const padded = zeroPadded(node.attrs, axis)
      const to = extent - (padded?.high ?? 0)
      const inner = { to, kind: isInside ? ('inside' as const) : ('outside' as const) }
      if (padded) return withZeros(padded.low, inner, extent)
    }
    if (isInside && node.op.elementwise) return node.inputs.map(visit).reduce(overlay)
    return [{ to: extent, kind: isInside ? 'inside' : 'outside' }]
  }
  // neighbours of one kind are one stretch
  const all = visit(x)
  const merged = all.filter(({ kind }, i) => all[i + 1]?.kind !== kind)
  return merged.some(({ kind }) => kind !== 'zero') ? merged : []
}

/** How far an axis is padded with zeros on either side; null where the padding is of another kind. */
function zeroPadded({ low, high, interior, value }: Pad, axis: number): { low: number; high: number } | null {
  const isPlain = value === 0 && [...low, ...high].every((n) => n >= 0) && interior[axis] === 0
  return isPlain ? { low: low[axis]!, high: high[axis]! } : null
}

function withZeros(low: number, inner: Stretch, extent: number): readonly Stretch[] {
  const zero = (to: number): Stretch => ({ to, kind: 'zero' })
  return [...(low > 0 ? [zero(low)] : []), inner, ...(inner.to < extent ? [zero(extent)] : [])]
}

/** Where anything is inside, all is. */
function overlay(a: readonly Stretch[], b: readonly Stretch[]): readonly Stretch[] {
  const ends = [...new Set([...a, ...b].map(({ to }) => to))].toSorted((x, y) => x - y)
  const isInside = (all: readonly Stretch[], end: number) =>
    all.find(({ to }) => to >= end)!.kind === 'inside'
  return ends.map((to) => ({ to, kind: isInside(a, to) || isInside(b, to) ? 'inside' : 'outside' }))
}

/** The slice computed from slices of the operands as far up as ops allow. */
function sliceInto(x: Tensor, axis: number, from: number, to: number, b: Builder): Tensor {
  const known = new Map<Tensor, Tensor>()
  const visit = (tensor: Tensor): Tensor => {
    let found = known.get(tensor)
    if (!found) known.set(tensor, (found = cut(tensor)))
    return found
  }
  const cut = (tensor: Tensor): Tensor => {
    const { node } = tensor
    if (node?.op.elementwise && literalOf(tensor) === null)
      return b.one(node.op, node.inputs.map(visit), node.attrs)
    const product = madeBy(tensor, p.matmul)
    return product ? sliceProduct(product, axis, from, to, b) : sliceAlong(tensor, axis, from, to, b)
  }
  return from === 0 && to === x.shape[axis] ? x : visit(x)
}

function sliceProduct(
  { inputs, attrs }: Node<Layout>,
  axis: number,
  from: number,
  to: number,
  b: Builder,
): Tensor {
  const [left, right] = inputs
  const rank = left!.rank
  const [rows, columns] = [rank - 2, rank - 1]
  const cut = (x: Tensor, at: number) => sliceInto(x, at, from, to, b)
  const parts =
    axis === columns
      ? [left!, cut(right!, attrs.transposeB ? rows : columns)]
      : axis === rows
        ? [cut(left!, attrs.transposeA ? columns : rows), right!]
        : [cut(left!, axis), cut(right!, axis)]
  return b.one(p.matmul, parts, attrs)
}

/**
 * Slices of results of which some are needed in a cycle and some not, or that leave columns unread; each with how to make
 * it from a part.
 */
function partsWanted(
  order: readonly Node[],
  outputs: readonly Tensor[],
  cycles: Cycles,
): ReadonlyMap<Node, (x: Tensor, b: Builder) => Tensor> {
  const readers = new Map<Tensor, Node[] | null>(outputs.map((output) => [output, null]))
  for (const node of order) {
    for (const input of node.inputs) {
      const known = readers.get(input)
      if (!isNodeOf(node, p.slice)) readers.set(input, null)
      else if (known !== null) readers.set(input, [...(known ?? []), node])
    }
  }
  const wanted = new Map<Node, (x: Tensor, b: Builder) => Tensor>()
  for (const [x, slices] of readers) {
    const own = cycles.get(x.node!)
    if (!slices || !comesFromProduct(x)) continue
    const axis = slicedAxis(x, slices)
    if (axis === null) continue
    const spans = slices
      .map((node) => ({ node, isInside: own !== undefined && cycles.get(node) === own, ...span(node, axis) }))
      .toSorted((a, b) => a.from - b.from)
    const runs: { from: number; to: number; isInside: boolean }[] = []
    for (const { from, to, isInside } of spans) {
      const last = runs.at(-1)
      if (last?.isInside === isInside) runs[runs.length - 1] = { ...last, to: Math.max(last.to, to) }
      else runs.push({ from, to, isInside })
    }
    const isRead = runs.length === 1 && runs[0]!.to - runs[0]!.from === x.shape[axis]
    if (isRead || runs.some(({ from }, i) => i > 0 && from < runs[i - 1]!.to)) continue
    for (const { node, from, to } of spans) {
      const run = runs.find((run) => run.from <= from && to <= run.to)!
      wanted.set(node, (part, b) =>
        sliceAlong(sliceInto(part, axis, run.from, run.to, b), axis, from - run.from, to - run.from, b),
      )
    }
  }
  return wanted
}

/** The one axis along which all slices cut, without steps; null if there is none. */
function slicedAxis(x: Tensor, slices: readonly Node[]): number | null {
  const axes = new Set<number>()
  for (const node of slices) {
    const { step } = node.attrs as Slice
    if (step.some((s) => s !== 1)) return null
    x.shape.forEach((extent, axis) => node.outputs[0]!.shape[axis] !== extent && axes.add(axis))
  }
  return axes.size === 1 ? [...axes][0]! : null
}

function span(node: Node, axis: number): { from: number; to: number } {
  const { start } = node.attrs as Slice
  return { from: start[axis]!, to: start[axis]! + node.outputs[0]!.shape[axis]! }
}

/** Whether a product is computed element by element into x. */
function comesFromProduct(x: Tensor): boolean {
  const seen = new Set([x])
  for (const { node } of seen) {
    if (isNodeOf(node, p.matmul)) return true
    if (node?.op.elementwise) for (const input of node.inputs) seen.add(input)
  }
  return false
}
