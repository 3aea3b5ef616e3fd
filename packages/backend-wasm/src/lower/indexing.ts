import type { DType, Tensor } from '@tapeloop/core'
import { addRows, pickColumns, placeColumns, takeRows } from '../kernels/indexing.js'
import { bytesOf } from '../kernels/memory.js'
import { foldIn, randomBits } from '../kernels/random.js'
import { attrsOf, type Node } from './graph.js'
import { emitHost } from './host.js'
import { call } from './move.js'
import { wholeOf, type Place } from './place.js'
import { acceptsRowMajor, rowMajorOf, settle, wanted, type Scope } from './scope.js'

/** What every op of this file does: row-major operands in, a row-major result out. */
function emit(scope: Scope, node: Node, add: (operands: readonly Place[], y: Place) => void): void {
  const [y] = node.outputs as readonly [Tensor]
  const to = wanted(scope, y, acceptsRowMajor(y))
  if (y.size > 0) {
    add(
      node.inputs.map((x) => rowMajorOf(scope, x)),
      to,
    )
  }
  settle(scope, y, to)
}

/** Where the kernel says which index was outside its axis, and as who. */
function faults({ shared }: Scope, node: Node) {
  return { fault: wholeOf(shared.fault, [], 'int32'), id: shared.culprits.push(node.op.name) }
}

export function emitTake(scope: Scope, node: Node): void {
  const [x, at] = node.inputs as readonly [Tensor, Tensor]
  const extent = x.shape[0]!
  emit(scope, node, ([table, indices], y) =>
    call(scope.list, takeRows(bytesOf[x.dtype]), {
      count: at.size,
      columns: node.outputs[0]!.size / at.size,
      x: table!,
      extent,
      indices: indices!,
      y,
      ...faults(scope, node),
    }),
  )
}

export function emitScatterAdd(scope: Scope, node: Node): void {
  const [at, updates] = node.inputs as readonly [Tensor, Tensor]
  if (!isSummed(updates.dtype)) return emitHost(scope, node)
  const { dtype } = updates
  const { size: extent } = attrsOf(node, 'scatterAdd')!
  emit(scope, node, ([indices, x], y) =>
    call(scope.list, addRows(dtype), {
      count: at.size,
      columns: node.outputs[0]!.size / extent,
      row: (node.outputs[0]!.size / extent) * bytesOf[dtype],
      x: x!,
      indices: indices!,
      y,
      extent,
      ...faults(scope, node),
    }),
  )
}

export function emitPick(scope: Scope, node: Node): void {
  const [x, at] = node.inputs as readonly [Tensor, Tensor]
  const columns = at.shape.at(-1)!
  emit(scope, node, ([table, indices], y) =>
    call(scope.list, pickColumns(bytesOf[x.dtype]), {
      rows: at.size / columns,
      columns,
      x: table!,
      extent: x.shape.at(-1)!,
      indices: indices!,
      y,
      ...faults(scope, node),
    }),
  )
}

export function emitPlace(scope: Scope, node: Node): void {
  const [at, updates] = node.inputs as readonly [Tensor, Tensor]
  if (!isSummed(updates.dtype)) return emitHost(scope, node)
  const { dtype } = updates
  const columns = at.shape.at(-1)!
  const { size: extent } = attrsOf(node, 'place')!
  emit(scope, node, ([indices, x], y) =>
    call(scope.list, placeColumns(dtype), {
      rows: node.outputs[0]!.size / extent,
      columns,
      x: x!,
      indices: indices!,
      y,
      extent,
      ...faults(scope, node),
    }),
  )
}

export function emitRandomBits(scope: Scope, node: Node): void {
  const keys = node.inputs[0]!.size / 2
  const count = node.outputs[0]!.size / keys
  emit(scope, node, ([key], y) => call(scope.list, randomBits, { keys, count, first: 0, key: key!, y }))
}

export function emitFoldIn(scope: Scope, node: Node): void {
  const keys = node.inputs[1]!.size
  emit(scope, node, ([key, number], y) => call(scope.list, foldIn, { keys, key: key!, number: number!, y }))
}

function isSummed(dtype: DType): dtype is 'float32' | 'float64' | 'int32' {
  return dtype !== 'bool'
}
