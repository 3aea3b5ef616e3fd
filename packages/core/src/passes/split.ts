import { orderOf, type Graph } from '../graph.js'
import { primitives } from '../ops/index.js'
import type { Layout } from '../ops/matmul.js'
import type { Slice } from '../ops/movement.js'
import { scanOp } from '../ops/scan.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { isNodeOf, literalOf, madeBy, type Builder } from './build.js'
import { dependenceOf } from './dependence.js'
import { openLoop } from './loop.js'
import { rewriteLoops } from './rewrite.js'
import { simplifier } from './simplify.js'

const p = primitives

/** The cycle that a node of a body is in. */
type Cycles = ReadonlyMap<Node, number>

/** A stretch of an axis that ends at `to`. */
interface Stretch {
  readonly to: number
  readonly isInside: boolean
}

/**
 * Cuts products in cycles where only a part of an operand, or of the result, is in the cycle: `[a b]·W = a·W₁ + b·W₂`,
 * and columns of `a·W` are a times columns of W. `distribute` can then move the other part out of the loop.
 */
export function split(graph: Graph): Graph {
  return rewriteLoops(graph, (attrs, inputs) => {
    const { cycle } = dependenceOf(openLoop(attrs, inputs))
    const body = cycle.size > 0 ? splitBody(attrs.body, cycle) : null
    return body && apply(scanOp, inputs, { ...attrs, body })
  })
}

function splitBody({ inputs, outputs }: Graph, cycles: Cycles): Graph | null {
  const order = orderOf(outputs)
  const wanted = partsWanted(order, outputs, cycles)
  const b = simplifier()
  const map = new Map<Tensor, Tensor>()
  const look = (tensor: Tensor) => map.get(tensor) ?? tensor
  let count = 0
  for (const node of order) {
    const parts = node.inputs.map(look)
    const isCut = isNodeOf(node, p.matmul) && cycles.has(node)
    const cut = wanted.get(node)?.(parts[0]!, b) ?? (isCut ? splitProduct(node, parts, cycles, b) : null)
    if (cut) count++
    const made = cut ? [cut] : b.raw(node.op, parts, node.attrs, node)
    node.outputs.forEach((output, i) => map.set(output, made[i]!))
  }
  return count > 0 ? { inputs, outputs: outputs.map(look) } : null
}

/** A product as a sum of products, where stretches of the summed axis are inside and outside the cycle. */
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
  const own = cycles.get(node)!
  const stretches = [
    stretchesOf(node.inputs[0]!, axisA, own, cycles),
    stretchesOf(node.inputs[1]!, axisB, own, cycles),
  ].find((all) => all.length > 1)
  if (!stretches) return null
  let from = 0
  return stretches
    .map(({ to }) => {
      const parts = [sliceInto(a!, axisA, from, to, make), sliceInto(b!, axisB, from, to, make)]
      from = to
      return make.one(p.matmul, parts, node.attrs)
    })
    .reduce((sum, term) => make.one(p.add, [sum, term], {}))
}

/** The stretches of an axis that are in the cycle and those that are not, by what was concatenated. */
function stretchesOf(x: Tensor, axis: number, own: number, cycles: Cycles): readonly Stretch[] {
  const known = new Map<Tensor, readonly Stretch[]>()
  const visit = (tensor: Tensor): readonly Stretch[] => {
    let found = known.get(tensor)
    if (!found) known.set(tensor, (found = look(tensor)))
    return found
  }
  const look = (tensor: Tensor): readonly Stretch[] => {
    const node = tensor.node!
    if (cycles.get(node) !== own) return [{ to: tensor.shape[axis]!, isInside: false }]
    if (isNodeOf(node, p.concat) && node.attrs.axis === axis) {
      let at = 0
      return node.inputs.flatMap((part) => {
        const start = at
        at += part.shape[axis]!
        return visit(part).map(({ to, isInside }) => ({ to: start + to, isInside }))
      })
    }
    if (node.op.elementwise) return node.inputs.map(visit).reduce(overlay)
    return [{ to: tensor.shape[axis]!, isInside: true }]
  }
  // neighbours of one kind are one stretch
  const all = visit(x)
  return all.filter(({ isInside }, i) => all[i + 1]?.isInside !== isInside)
}

function overlay(a: readonly Stretch[], b: readonly Stretch[]): readonly Stretch[] {
  const ends = [...new Set([...a, ...b].map(({ to }) => to))].toSorted((x, y) => x - y)
  const covers = (all: readonly Stretch[], end: number) => all.find(({ to }) => to >= end)!.isInside
  return ends.map((to) => ({ to, isInside: covers(a, to) || covers(b, to) }))
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
    return product ? sliceProduct(product, axis, from, to, b) : sliceOf(tensor, axis, from, to, b)
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

function sliceOf(x: Tensor, axis: number, from: number, to: number, b: Builder): Tensor {
  return b.one(p.slice, [x], {
    start: x.shape.map((_, i) => (i === axis ? from : 0)),
    stop: x.shape.map((extent, i) => (i === axis ? to : extent)),
    step: x.shape.map(() => 1),
  })
}

/** Slices of results in a cycle, some of them needed there and some not; each with how to make it from a part. */
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
    if (own === undefined || !slices || !comesFromProduct(x)) continue
    const axis = slicedAxis(x, slices)
    if (axis === null) continue
    const spans = slices
      .map((node) => ({ node, isInside: cycles.get(node) === own, ...span(node, axis) }))
      .toSorted((a, b) => a.from - b.from)
    const runs: { from: number; to: number; isInside: boolean }[] = []
    for (const { from, to, isInside } of spans) {
      const last = runs.at(-1)
      if (last?.isInside === isInside) runs[runs.length - 1] = { ...last, to: Math.max(last.to, to) }
      else runs.push({ from, to, isInside })
    }
    if (runs.length < 2 || runs.some(({ from }, i) => i > 0 && from < runs[i - 1]!.to)) continue
    for (const { node, from, to } of spans) {
      const run = runs.find((run) => run.from <= from && to <= run.to)!
      wanted.set(node, (part, b) =>
        sliceOf(sliceInto(part, axis, run.from, run.to, b), axis, from - run.from, to - run.from, b),
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
