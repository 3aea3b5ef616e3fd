import type { Tensor } from '@tapeloop/core'
import { attrsOf, type Node } from './graph.js'
import { lowerGraph } from './lower-graph.js'
import { copy } from './move.js'
import { copyTo } from './movement.js'
import { entryOf, type Place } from './place.js'
import type { Loop } from './plan.js'
import { partsOf, type Part } from './rows.js'
import {
  acceptsRowMajor,
  alone,
  freshScope,
  isComputed,
  numberOf,
  placeOf,
  request,
  room,
  settle,
  wanted,
  type Scope,
} from './scope.js'

/** Has the starts of a loop's carries computed to where the loop will change them, where nobody else reads them. */
export function prepareScan(scope: Scope, node: Node, isReadOnce: (tensor: Tensor) => boolean): void {
  const { carries } = attrsOf(node, 'scan')!
  const places = node.inputs.slice(0, carries).map((start, i) => {
    if (!isComputed(scope, start) || !isReadOnce(start) || scope.targets.has(node.outputs[i]!)) return null
    const place = room(start)
    request(scope, start, place)
    return place
  })
  scope.carried.set(node, places)
}

/** Adds a loop of the plan, or one for some rows on each thread. Carries are changed in place, stacks written row by row. */
export function emitScan(scope: Scope, node: Node): void {
  const { carries } = attrsOf(node, 'scan')!
  const carried = scope.carried.get(node)!
  const results = node.outputs.map((output, i) => {
    const place = i < carries ? carried[i] : null
    return place ?? wanted(scope, output, i < carries ? acceptsRowMajor(output) : () => true)
  })
  for (let i = 0; i < carries; i++) start(scope, node.inputs[i]!, results[i]!)
  const parts = partsOf(attrsOf(node, 'scan')!, scope.shared.threads)
  const loops = parts.map((part, n) => loopOf(scope, node, results, part, parts.length > 1, n === 0))
  if (loops.length === 1) scope.list.push(loops[0]!)
  else scope.list.push({ kind: 'together', parts: loops.map((loop) => [loop]) })
  node.outputs.forEach((output, i) => settle(scope, output, results[i]!))
}

/** A loop for a part of the rows. What all parts compute alike, the first one leaves in the results. */
function loopOf(
  scope: Scope,
  node: Node,
  results: readonly Place[],
  { body, rowsOf, axisOfInput, axisOfOutput }: Part,
  isShared: boolean,
  isFirst: boolean,
): Loop {
  const { carries, sequences, length, reverse } = attrsOf(node, 'scan')!
  const loop: Loop = { kind: 'loop', count: length, body: [] }
  const constants = new Map<Tensor, Tensor>()
  const shared = isShared ? { ...scope.shared, threads: alone } : scope.shared
  const inner = freshScope(shared, loop.body, { scope, loop, constants })
  const [first, step] = reverse ? [length - 1, -1] : [0, 1]
  const carry = body.inputs.slice(0, carries).map((stand, i) => {
    const axis = axisOfInput(i)
    if (isFirst || axis !== null) return rowsOf(results[i]!, axis)
    const own = room(stand)
    copy(scope.list, results[i]!, own, stand.shape, stand.dtype)
    return own
  })
  body.inputs.forEach((stand, i) => {
    const outer = node.inputs[i]!
    const axis = axisOfInput(i)
    const number = i < carries ? null : numberOf(scope, outer)
    if (number !== null) inner.literals.set(stand, number)
    else if (i < carries) inner.places.set(stand, carry[i]!)
    else if (i < carries + sequences) {
      const rows = rowsOf(placeOf(scope, outer), axis === null ? null : axis + 1)
      inner.places.set(stand, entryOf(rows, loop, first, step))
    } else {
      inner.places.set(stand, rowsOf(placeOf(scope, outer), axis))
      if (axis === null) constants.set(stand, outer)
    }
  })
  const wants = results.map((place, i) => {
    if (i < carries) return carry[i]!
    const axis = axisOfOutput(i)
    if (axis === null) return isFirst ? entryOf(place, loop, first, step) : null
    return entryOf(rowsOf(place, axis + 1), loop, first, step)
  })
  lowerGraph(
    inner,
    body,
    wants,
    body.inputs.slice(0, carries).map((_, i) => i),
  )
  return loop
}

/** Puts the start of a carry where the loop changes it. */
function start(scope: Scope, from: Tensor, to: Place): void {
  const known = scope.places.get(from)
  const isThere = known && known.buffer === to.buffer && known.offset === to.offset
  if (!isThere) copyTo(scope, from, to)
}
