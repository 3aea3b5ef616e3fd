import { primitives, type Tensor } from '@tapeloop/core'
import { attrsOf, madeBy, type Node } from './graph.js'
import { emitHost } from './host.js'
import { copy, fill } from './move.js'
import { stepped, type Place } from './place.js'
import {
  constant,
  isComputed,
  numberOf,
  placeOf,
  request,
  room,
  settle,
  wanted,
  type Scope,
} from './scope.js'

/** Decides where a concatenation will be, so that its parts are computed to their places. */
export function prepareConcat(scope: Scope, node: Node): void {
  const { axis } = attrsOf(node, 'concat')!
  const place = delayed(scope, node, axis) ?? wanted(scope, node.outputs[0]!, () => true)
  let from = 0
  const parts = node.inputs.map((part) => {
    const start = part.shape.map((_, a) => (a === axis ? from : 0))
    const own = stepped(
      place,
      start,
      part.shape.map(() => 1),
    )
    from += part.shape[axis]!
    const isRequested = isComputed(scope, part)
    if (isRequested) request(scope, part, own)
    return { place: own, isRequested }
  })
  scope.joined.set(node, { place, parts })
}

/**
 * What a stack was one step before: its rows but the last after a first one, or but the first before a last one. Both are
 * one buffer with one row more.
 */
function delayed(scope: Scope, node: Node, axis: number): Place | null {
  const [a, b] = node.inputs as readonly [Tensor, Tensor]
  const [y] = node.outputs as readonly [Tensor]
  if (axis !== 0 || node.inputs.length !== 2 || scope.targets.has(y)) return null
  const isForward = a.shape[0] === 1
  const part = isForward ? b : a
  const slice = attrsOf(madeBy(part), 'slice')
  const stack = slice && madeBy(part)!.inputs[0]!
  const from = isForward ? 0 : 1
  const rows = part.shape[0]!
  const isRows =
    slice?.start.every((first, axis) => first === (axis === 0 ? from : 0)) && slice.step.every((n) => n === 1)
  if (!stack || !isRows || stack.size * rows !== part.size * (rows + 1) || y.size !== stack.size) return null
  if (!isComputed(scope, stack) || scope.targets.has(stack)) return null
  const { shape, dtype } = y
  const [length, ...row] = shape
  const whole = room({ shape: [length! + 1, ...row], dtype, size: y.size + y.size / length! })
  const after = { ...whole, offset: whole.strides[0]! }
  request(scope, stack, isForward ? after : whole)
  return isForward ? whole : after
}

export function emitConcat(scope: Scope, node: Node): void {
  const { place, parts } = scope.joined.get(node)!
  node.inputs.forEach((part, i) => {
    const { place: own, isRequested } = parts[i]!
    if (!isRequested && !isAt(scope, part, own)) copyTo(scope, part, own)
  })
  settle(scope, node.outputs[0]!, place)
}

function isAt(scope: Scope, tensor: Tensor, { buffer, offset, strides }: Place): boolean {
  if (numberOf(scope, tensor) !== null) return false
  const at = placeOf(scope, tensor)
  return at.buffer === buffer && at.offset === offset && at.strides.join() === strides.join()
}

/** Copies a tensor that is there, or writes the number it is. */
export function copyTo(scope: Scope, tensor: Tensor, place: Place): void {
  const { shape, dtype } = tensor
  const number = numberOf(scope, tensor)
  if (number === null) copy(scope.list, placeOf(scope, tensor), place, shape, dtype)
  else fill(scope.list, place, shape, dtype, number)
}

export function emitPad(scope: Scope, node: Node): void {
  const { low, high, interior, value } = attrsOf(node, 'pad')!
  if ([...low, ...high].some((extent) => extent < 0)) return emitHost(scope, node)
  const [x] = node.inputs as readonly [Tensor]
  const [y] = node.outputs as readonly [Tensor]
  const to = wanted(scope, y, () => true)
  fill(scope.list, to, y.shape, y.dtype, value)
  const inside = stepped(
    to,
    low,
    interior.map((gap) => gap + 1),
  )
  copyTo(scope, x, inside)
  settle(scope, y, to)
}

export function emitIota(scope: Scope, node: Node): void {
  const [y] = node.outputs as readonly [Tensor]
  const numbers = new Int32Array(y.size)
  primitives.iota.kernel([], attrsOf(node, 'iota')!, [y])([], [numbers])
  settle(scope, y, constant(numbers, y))
}
