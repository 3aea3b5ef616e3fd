import { orderOf } from '../graph.js'
import { primitives } from '../ops/index.js'
import type { Layout } from '../ops/matmul.js'
import type { Node, Tensor } from '../tensor.js'
import { isNodeOf, isScan, madeBy, sliceAlong } from './build.js'
import { stacksJoined } from './merge-stacks.js'
import type { Group } from './regroup.js'
import { simplifier } from './simplify.js'

const p = primitives

/** One level of a program: the whole, or the step of a loop. */
export interface Level {
  /** what does not change from step to step */
  readonly still: ReadonlySet<Tensor>
  /** a step that runs often on few rows, so that its constants may be joined outside at no cost */
  readonly isStep: boolean
}

type Product = Node<Layout> & Node

/** Products with one left side become one: their right sides side by side. */
export function sharedProducts(outputs: readonly Tensor[], level: Level): readonly Group[] {
  const byLeft = new Map<string, Product[]>()
  const ids = new Map<Tensor, number>()
  const order = orderOf(outputs)
  for (const node of order) {
    if (!isProduct(node) || (level.isStep && !level.still.has(node.inputs[1]!))) continue
    const [a] = node.inputs
    if (!ids.has(a!)) ids.set(a!, ids.size)
    const key = `${ids.get(a!)} ${node.attrs.transposeA} ${node.attrs.transposeB}`
    byLeft.set(key, [...(byLeft.get(key) ?? []), node])
  }
  const alike = [...byLeft.values()].filter((all) => all.length > 1).flatMap((all) => apart(all, order))
  return alike.flatMap((all) => {
    const rights = inPlace([...new Map(all.map((node) => [node.inputs[1]!, node])).values()], 1, outputs)
    return rights.length > 1 && rightsJoin(rights, level) ? [besideGroup(rights)] : []
  })
}

/** Products by how many of the others they wait for, one after the other. */
function apart(products: readonly Product[], order: readonly Node[]): readonly (readonly Product[])[] {
  const layers: Product[][] = []
  const waits = new Map<Node, number>()
  const isOne = new Set<Node>(products)
  for (const node of order) {
    const layer = node.inputs.reduce((most, input) => Math.max(most, waits.get(input.node!) ?? 0), 0)
    waits.set(node, isOne.has(node) ? layer + 1 : layer)
    if (isOne.has(node)) (layers[layer] ??= []).push(node as Product)
  }
  return layers.filter((layer) => layer !== undefined)
}

function besideGroup(members: readonly Product[]): Group {
  const { attrs } = members[0]!
  return {
    members,
    make(look, b) {
      const rights = members.map(({ inputs }) => look(inputs[1]!))
      const right = b.one(p.concat, rights, { axis: attrs.transposeB ? 0 : 1 })
      const y = b.one(p.matmul, [look(members[0]!.inputs[0]!), right], attrs)
      let at = 0
      return members.map(({ outputs: [old] }) => {
        const from = at
        at += old!.shape[1]!
        return [old!, sliceAlong(y, 1, from, at, b)] as const
      })
    },
  }
}

/** Products that are added become one: their left sides side by side, their right sides under one another. */
export function addedProducts(outputs: readonly Tensor[], level: Level): readonly Group[] {
  const order = orderOf(outputs)
  const uses = usesOf(order, outputs)
  const isOnlyAdded = (tensor: Tensor) => uses.get(tensor)!.length === 1
  const roots = order.filter((node) => isNodeOf(node, p.add) && !isInnerSum(uses.get(node.outputs[0]!)!))
  return roots.flatMap((root) => {
    const sums: Node[] = []
    const terms: Tensor[] = []
    const open = (node: Node) => {
      sums.push(node)
      for (const input of node.inputs) {
        if (isOnlyAdded(input) && isNodeOf(input.node!, p.add)) open(input.node!)
        else terms.push(input)
      }
    }
    open(root)
    const byLayout = new Map<string, Product[]>()
    for (const term of terms) {
      const node = term.node!
      if (!isProduct(node) || !isOnlyAdded(term)) continue
      if (level.isStep && !level.still.has(node.inputs[1]!)) continue
      const key = `${node.attrs.transposeA} ${node.attrs.transposeB}`
      byLayout.set(key, [...(byLayout.get(key) ?? []), node])
    }
    const alike = [...byLayout.values()].find((all) => all.length > 1 && bothJoin(all, level))
    return alike ? [sumGroup(root, sums, terms, inPlace(alike, 0, outputs))] : []
  })
}

function isInnerSum(readers: readonly (Node | null)[]): boolean {
  return readers.length === 1 && isNodeOf(readers[0]!, p.add)
}

function sumGroup(
  root: Node,
  sums: readonly Node[],
  terms: readonly Tensor[],
  alike: readonly Product[],
): Group {
  const { transposeA, transposeB } = alike[0]!.attrs
  return {
    members: [...sums, ...alike],
    make(look, b) {
      const side = (i: 0 | 1, axis: number) =>
        b.one(
          p.concat,
          alike.map(({ inputs }) => look(inputs[i]!)),
          { axis },
        )
      const parts = [side(0, transposeA ? 0 : 1), side(1, transposeB ? 1 : 0)]
      const product = b.one(p.matmul, parts, alike[0]!.attrs)
      const rest = terms.filter((term) => !alike.some(({ outputs }) => outputs[0] === term)).map(look)
      return [[root.outputs[0]!, [product, ...rest].reduce((sum, term) => b.one(p.add, [sum, term], {}))]]
    },
  }
}

/** Products in an order in which their operands i stand somewhere already: in one tensor, as stacks, or as outputs. */
function inPlace(products: readonly Product[], i: 0 | 1, outputs: readonly Tensor[]): readonly Product[] {
  const placeOf = (tensor: Tensor): number => {
    const below = madeBy(tensor, p.reshape)?.inputs[0] ?? tensor
    const slice = madeBy(tensor, p.slice) ?? madeBy(below, p.slice)
    if (slice) return slice.attrs.start.reduce((sum, start) => sum + start, 0)
    return isScan(below.node) ? below.index : outputs.indexOf(tensor)
  }
  const places = new Map(products.map((node) => [node, placeOf(node.inputs[i]!)]))
  return products.toSorted((a, b) => places.get(a)! - places.get(b)!)
}

/** Sums of slices of two things, or of slices and constants, are slices of the sum. */
export function addedSlices(outputs: readonly Tensor[], level: Level): readonly Group[] {
  const ids = new Map<Tensor, number>()
  const idOf = (tensor: Tensor) => {
    if (!ids.has(tensor)) ids.set(tensor, ids.size)
    return ids.get(tensor)!
  }
  const rows = new Map<string, Row[]>()
  for (const node of orderOf(outputs)) {
    if (!isNodeOf(node, p.add)) continue
    for (const [first, second] of [node.inputs, node.inputs.toReversed()]) {
      const [a, c] = [pieceOf(first!), pieceOf(second!)]
      const isPair = a && c && a.axis === c.axis && idOf(a.whole) < idOf(c.whole)
      const isConstant = a && !c && level.still.has(second!)
      if (!isPair && !isConstant) continue
      const key = `${a.axis} ${idOf(a.whole)} ${isPair ? idOf(c.whole) : 'constant'}`
      rows.set(key, [...(rows.get(key) ?? []), { node, a, c: isPair ? c : null, constant: second! }])
      break
    }
  }
  return [...rows.values()].flatMap((all) => {
    const sorted = all.toSorted((x, y) => x.a.from - y.a.from)
    const follows = sorted.every(({ a, c }, i) => {
      const last = sorted[i - 1]
      return !last || (a.from === last.a.to && (!c || c.from === last.c!.to))
    })
    return sorted.length > 1 && follows ? [rowGroup(sorted)] : []
  })
}

interface Piece {
  readonly whole: Tensor
  readonly axis: number
  readonly from: number
  readonly to: number
}

interface Row {
  readonly node: Node
  readonly a: Piece
  readonly c: Piece | null
  readonly constant: Tensor
}

/** A slice along one axis, without steps. */
function pieceOf(x: Tensor): Piece | null {
  const node = madeBy(x, p.slice)
  if (!node || node.attrs.step.some((s) => s !== 1)) return null
  const [whole] = node.inputs
  const axes = x.shape.flatMap((extent, axis) => (extent === whole!.shape[axis] ? [] : [axis]))
  if (axes.length !== 1) return null
  const axis = axes[0]!
  return { whole: whole!, axis, from: node.attrs.start[axis]!, to: node.attrs.start[axis]! + x.shape[axis]! }
}

function rowGroup(rows: readonly Row[]): Group {
  const [first, last] = [rows[0]!, rows.at(-1)!]
  return {
    members: rows.map(({ node }) => node),
    make(look, b) {
      const span = (from: Piece, to: Piece) => sliceAlong(look(from.whole), from.axis, from.from, to.to, b)
      const { axis } = first.a
      const other = first.c
        ? span(first.c, last.c!)
        : b.one(
            p.concat,
            rows.map(({ constant }) => look(constant)),
            { axis },
          )
      const sum = b.one(p.add, [span(first.a, last.a), other], {})
      return rows.map(({ node, a }) => [
        node.outputs[0]!,
        sliceAlong(sum, axis, a.from - first.a.from, a.to - first.a.from, b),
      ])
    },
  }
}

function isProduct(node: Node): node is Product {
  return isNodeOf(node, p.matmul) && node.outputs[0]!.rank === 2
}

/** Whether the right sides may be joined along the columns of the results. */
function rightsJoin(products: readonly Product[], { isStep }: Level): boolean {
  const { inputs, attrs } = products[0]!
  const rights = products.map(({ inputs }) => inputs[1]!)
  return isStep || isFree(rights, attrs.transposeB ? 0 : 1) || sizeOf(rights) <= inputs[0]!.size
}

/** Whether both sides may be joined along the axis that is summed. */
function bothJoin(products: readonly Product[], { isStep }: Level): boolean {
  const { transposeA, transposeB } = products[0]!.attrs
  const [lefts, rights] = ([0, 1] as const).map((side) => products.map(({ inputs }) => inputs[side]!))
  const rightsAreFree = isFree(rights!, transposeB ? 1 : 0) || sizeOf(rights!) <= sizeOf(lefts!)
  return isStep || (isFree(lefts!, transposeA ? 0 : 1) && rightsAreFree)
}

/** Outside of loops a right side that is no larger than the left is joined by a copy that is little beside the product. */
function sizeOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { size }) => sum + size, 0)
}

/** Whether the tensors are neighbours already, or stacks of one loop that can be. */
function isFree(parts: readonly Tensor[], axis: number): boolean {
  return !madeBy(simplifier().one(p.concat, parts, { axis }), p.concat) || stacksJoined(parts, axis) !== null
}

/** Who reads each tensor; null for an output. */
function usesOf(
  order: readonly Node[],
  outputs: readonly Tensor[],
): ReadonlyMap<Tensor, readonly (Node | null)[]> {
  const uses = new Map<Tensor, (Node | null)[]>()
  const add = (tensor: Tensor, reader: Node | null) => {
    const all = uses.get(tensor)
    if (all) all.push(reader)
    else uses.set(tensor, [reader])
  }
  for (const node of order) for (const input of node.inputs) add(input, node)
  for (const output of outputs) add(output, null)
  return uses
}
