import type { Graph, Tensor } from '@tapeloop/core'
import { emitFused } from './fused.js'
import { attrsOf, isRowReduction, linkTo, madeBy, sourceOf } from './graph.js'
import { prepareScan } from './loop.js'
import { copy } from './move.js'
import { copyTo, prepareConcat } from './movement.js'
import type { Place } from './place.js'
import { emitFold } from './reduction.js'
import { emitNode } from './routes.js'
import { isComputed, placeOf, request, room, type Scope } from './scope.js'
import { sinkSlices } from './sink.js'
import { unitsOf, type Unit } from './units.js'

/**
 * Adds what computes a graph whose inputs are placed; returns its outputs, which may be others that mean the same. Output o
 * is left where `wants[o]` says (anywhere if null); if that is the memory of an input, `replaced[o]` says of which.
 */
export function lowerGraph(
  scope: Scope,
  given: Graph,
  wants: readonly (Place | null)[],
  replaced: readonly (number | null | undefined)[],
): readonly Tensor[] {
  const graph = sinkSlices(given)
  const units = unitsOf(graph)
  const uses = usesOf(units, graph)
  const overwritten = new Set<Tensor>()
  graph.outputs.forEach((output, o) => {
    const input = graph.inputs[replaced[o] ?? -1]
    if (input && input !== output) overwritten.add(input)
  })
  const late: (() => void)[] = []
  graph.outputs.forEach((output, o) => {
    const input = graph.inputs[replaced[o] ?? -1]
    const want = wants[o] ?? null
    if (input === output) return
    if (overwritten.has(sourceOf(output))) late.push(...saved(scope, output, want, input !== undefined))
    else if (want === null) return
    else if (isComputed(scope, output) && (!input || mayReplace(units, output, input)))
      request(scope, output, want)
    else late.push(() => copyTo(scope, output, want))
  })
  for (const { nodes } of units.toReversed())
    if (attrsOf(nodes[0]!, 'concat')) prepareConcat(scope, nodes[0]!)
  for (const { nodes } of units)
    if (attrsOf(nodes[0]!, 'scan')) prepareScan(scope, nodes[0]!, (tensor) => uses.get(tensor)?.length === 1)
  const needed = neededOf(units, graph)
  for (const unit of units) {
    if (unit.space) emitFused(scope, unit, needed)
    else if (unit.fold) emitFold(scope, unit)
    else emitNode(scope, unit.nodes[0]!)
  }
  for (const finish of late) finish()
  return graph.outputs
}

/** Saves an output that is (a view of) an input whose memory will be overwritten; returns what is left to do at the end. */
function saved(scope: Scope, output: Tensor, want: Place | null, isOverwritten: boolean): (() => void)[] {
  const place = isOverwritten || want === null ? room(output) : want
  const { shape, dtype } = output
  copy(scope.list, placeOf(scope, output), place, shape, dtype)
  scope.places.set(output, place)
  return isOverwritten ? [() => copy(scope.list, place, want!, shape, dtype)] : []
}

/** For each tensor that is no view, what reads it: a unit by its number, or an output (−1). */
function usesOf(units: readonly Unit[], graph: Graph): Map<Tensor, number[]> {
  const uses = new Map<Tensor, number[]>()
  const use = (tensor: Tensor, by: number) => {
    const source = sourceOf(tensor)
    uses.set(source, [...(uses.get(source) ?? []), by])
  }
  units.forEach(({ nodes }, u) => nodes.forEach(({ inputs }) => inputs.forEach((input) => use(input, u))))
  graph.outputs.forEach((output) => use(output, -1))
  return uses
}

/** Whether a tensor can be computed straight into an input's memory: nobody reads the input later. */
function mayReplace(units: readonly Unit[], tensor: Tensor, input: Tensor): boolean {
  const maker = madeBy(tensor)!
  if (attrsOf(maker, 'concat')) return false // its parts are written before their time
  const at = units.findIndex(({ nodes }) => nodes.includes(maker))
  return units.every(({ nodes, space }, u) => {
    const reads = nodes.flatMap((node) =>
      node.inputs.filter((operand) => sourceOf(operand) === input).map((operand) => ({ node, operand })),
    )
    if (reads.length === 0 || u < at) return true
    if (u > at) return false
    const loop = attrsOf(maker, 'scan')
    if (loop) {
      // a carry that only this loop changes
      const i = maker.outputs.indexOf(tensor)
      return i < loop.carries && reads.length === 1 && maker.inputs[i] === input
    }
    // each element is read where it is written
    return (
      space !== null &&
      !nodes.some(isRowReduction) &&
      reads.every(({ operand }) => linkTo(operand, input, space) === 'same')
    )
  })
}

/** Tensors that are read outside of the unit that computes them. */
function neededOf(units: readonly Unit[], graph: Graph): Set<Tensor> {
  const needed = new Set<Tensor>(graph.outputs.map(sourceOf))
  for (const { nodes, space } of units) {
    const made = new Set<Tensor>(nodes.flatMap(({ outputs }) => outputs))
    for (const { inputs } of nodes) {
      for (const input of inputs) {
        const source = sourceOf(input)
        if (!made.has(source) || space === null) needed.add(source)
      }
    }
  }
  return needed
}
