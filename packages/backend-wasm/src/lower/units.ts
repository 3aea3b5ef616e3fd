import { orderOf, type Graph, type Tensor } from '@tapeloop/core'
import {
  isFold,
  isMapped,
  isRowReduction,
  isView,
  linkTo,
  literalOf,
  madeBy,
  sourceOf,
  spaceOf,
  type Node,
  type Space,
} from './graph.js'

/**
 * What a plan does in one go: a fused kernel over a space, one node of any other kind (`space` is null), or elementwise
 * nodes whose one result is folded down the rows by a last node, `fold`.
 */
export interface Unit {
  readonly nodes: readonly Node[]
  readonly space: Space | null
  /** tensors it computes that have one element a row of the space */
  readonly ofRows: ReadonlySet<Tensor>
  readonly fold: Node | null
}

/** A unit that still grows. */
interface Growing extends Unit {
  nodes: Node[]
  space: Space | null
  readonly ofRows: Set<Tensor>
  fold: Node | null
  /** place of its first and last node in the order of the graph */
  first: number
  last: number
}

/** A fused kernel has at most this many steps: beyond, it only gets slower to compile and spills its registers. */
const mostNodes = 120

/**
 * The nodes of a graph as units, each after those it needs. Neighbours are fused where one kernel can compute both and no
 * path leads from one to the other by a third. Views and literals belong to no unit.
 */
export function unitsOf(graph: Graph): Unit[] {
  const order = orderOf(graph.outputs).filter((node) => !isView(node) && literalOf(node.outputs[0]!) === null)
  const unitOf = new Map<Node, Growing>()
  order.forEach((node, i) => unitOf.set(node, single(node, i)))
  const uses = new Map<Node, Node[]>()
  for (const node of order) {
    for (const input of node.inputs) {
      const maker = madeBy(sourceOf(input))
      if (maker && unitOf.has(maker)) uses.set(maker, [...(uses.get(maker) ?? []), node])
    }
  }
  for (const node of order) {
    for (const input of node.inputs) {
      const maker = madeBy(sourceOf(input))
      if (!maker || !unitOf.has(maker)) continue
      fuse(unitOf.get(maker)!, unitOf.get(node)!)
    }
  }
  const outputs = new Set(graph.outputs.map(sourceOf))
  for (const node of order) if (isFold(node)) takeIn(node)
  return sorted(graph, unitOf)

  /** Folds an elementwise result that nobody else reads without storing it. */
  function takeIn(node: Node): void {
    const maker = madeBy(node.inputs[0]!)
    const unit = maker && unitOf.get(maker)
    if (!unit?.space || unit.nodes.some((one) => !isMapped(one)) || unit.ofRows.size > 0) return
    const isOwn = unit.nodes.every(
      (one) =>
        !outputs.has(one.outputs[0]!) &&
        (uses.get(one) ?? []).every((use) => use === node || unitOf.get(use) === unit),
    )
    if (!isOwn) return
    unit.nodes = [...unit.nodes, node]
    unit.space = null
    unit.fold = node
    unitOf.set(node, unit)
  }

  function fuse(above: Growing, below: Growing): void {
    if (above === below || above.nodes.length + below.nodes.length > mostNodes) return
    const space = commonSpace(above, below)
    if (space === null || leadsAround(above, below)) return
    for (const unit of [above, below])
      if (!isSame(unit.space!, space)) for (const { outputs } of unit.nodes) unit.ofRows.add(outputs[0]!)
    for (const tensor of below.ofRows) above.ofRows.add(tensor)
    for (const node of below.nodes) unitOf.set(node, above)
    above.nodes = [...above.nodes, ...below.nodes]
    above.space = space
    above.first = Math.min(above.first, below.first)
    above.last = Math.max(above.last, below.last)
  }

  /** Whether a path from one unit to the other passes a third. */
  function leadsAround(from: Growing, to: Growing): boolean {
    const seen = new Set<Growing>([from])
    const stack = [from]
    for (let unit = stack.pop(); unit; unit = stack.pop()) {
      for (const node of unit.nodes) {
        for (const use of uses.get(node) ?? []) {
          const next = unitOf.get(use)!
          if (next === to && unit !== from) return true
          if (next === to || seen.has(next) || next.first > to.last) continue
          seen.add(next)
          stack.push(next)
        }
      }
    }
    return false
  }
}

function single(node: Node, place: number): Growing {
  const reduces = isRowReduction(node)
  const isFusable = (reduces || isMapped(node)) && node.inputs.every(({ size }) => size > 0)
  return {
    nodes: [node],
    space: isFusable ? spaceOf(node) : null,
    ofRows: new Set(reduces ? node.outputs : []),
    fold: null,
    first: place,
    last: place,
  }
}

const sizeOf = ({ rows, columns }: Space) => rows * columns

/** The space in which both units can be computed with all that passes between them; null if there is none. */
function commonSpace(above: Growing, below: Growing): Space | null {
  if (above.space === null || below.space === null) return null
  const space = sizeOf(above.space) >= sizeOf(below.space) ? above.space : below.space
  if (!fitsInto(above, space) || !fitsInto(below, space)) return null
  const isOfRows = (unit: Growing, tensor: Tensor) => !isSame(unit.space!, space) || unit.ofRows.has(tensor)
  const made = new Set(above.nodes.map(({ outputs }) => outputs[0]!))
  for (const node of below.nodes) {
    for (const input of node.inputs) {
      const source = sourceOf(input)
      if (!made.has(source)) continue
      const link = linkTo(input, source, space)
      const fromRow = isOfRows(above, source)
      // a reduction reads each element, whatever it gives
      const toRow = isRowReduction(node) ? input.size !== sizeOf(space) : isOfRows(below, node.outputs[0]!)
      const fits = link === 'spread' ? fromRow && !toRow : link === 'same' && fromRow === toRow
      if (!fits) return null
    }
  }
  return space
}

function isSame(a: Space, b: Space): boolean {
  return a.rows === b.rows && a.columns === b.columns
}

/** Whether a unit's space is this one, or its elements are as many as the rows of this one. */
function fitsInto({ space, ofRows }: Growing, into: Space): boolean {
  return isSame(space!, into) || (ofRows.size === 0 && sizeOf(space!) === into.rows)
}

/** The units, each after those it needs, in the order in which the outputs ask for them. */
function sorted(graph: Graph, unitOf: ReadonlyMap<Node, Growing>): Unit[] {
  const units: Unit[] = []
  const state = new Map<Growing, boolean>() // false: entered, true: listed
  const stack: Growing[] = []
  const enter = (tensor: Tensor) => {
    const maker = madeBy(sourceOf(tensor))
    const unit = maker && unitOf.get(maker)
    if (unit && !state.has(unit)) stack.push(unit)
  }
  for (const output of graph.outputs) {
    enter(output)
    while (stack.length > 0) {
      const unit = stack.at(-1)!
      const seen = state.get(unit)
      if (seen === undefined) {
        state.set(unit, false)
        for (const { inputs } of unit.nodes.toReversed()) inputs.toReversed().forEach(enter)
      } else {
        stack.pop()
        if (!seen) {
          state.set(unit, true)
          units.push(unit)
        }
      }
    }
  }
  return units
}
