import type { Tensor } from '@tapeloop/core'
import { attrsOf, type Node } from './graph.js'
import { lowerGraph } from './lower-graph.js'
import { copyTo } from './movement.js'
import { entryOf, type Place } from './place.js'
import type { Loop } from './plan.js'
import {
  acceptsRowMajor,
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

/** Adds a loop of the plan. Carries are changed in place, stacks are written row by row. */
export function emitScan(scope: Scope, node: Node): void {
  const { body, carries, sequences, length, reverse } = attrsOf(node, 'scan')!
  const loop: Loop = { kind: 'loop', count: length, body: [] }
  const constants = new Map<Tensor, Tensor>()
  const inner = freshScope(scope.shared, loop.body, { scope, loop, constants })
  const [first, step] = reverse ? [length - 1, -1] : [0, 1]
  const carried = scope.carried.get(node)!
  const results = node.outputs.map((output, i) => {
    const place = i < carries ? carried[i] : null
    return place ?? wanted(scope, output, i < carries ? acceptsRowMajor(output) : () => true)
  })
  body.inputs.forEach((stand, i) => {
    const outer = node.inputs[i]!
    const number = i < carries ? null : numberOf(scope, outer)
    if (number !== null) inner.literals.set(stand, number)
    else if (i < carries) inner.places.set(stand, start(scope, outer, results[i]!))
    else if (i < carries + sequences)
      inner.places.set(stand, entryOf(placeOf(scope, outer), loop, first, step))
    else {
      inner.places.set(stand, placeOf(scope, outer))
      constants.set(stand, outer)
    }
  })
  const wants = results.map((place, i) => (i < carries ? place : entryOf(place, loop, first, step)))
  lowerGraph(
    inner,
    body,
    wants,
    body.inputs.slice(0, carries).map((_, i) => i),
  )
  scope.list.push(loop)
  node.outputs.forEach((output, i) => settle(scope, output, results[i]!))
}

/** Puts the start of a carry where the loop changes it. */
function start(scope: Scope, from: Tensor, to: Place): Place {
  const known = scope.places.get(from)
  const isThere = known && known.buffer === to.buffer && known.offset === to.offset
  if (!isThere) copyTo(scope, from, to)
  return to
}
