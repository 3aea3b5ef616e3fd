import type { Tensor } from '@tapeloop/core'
import { fold } from '../kernels/fold.js'
import { map } from '../kernels/map.js'
import { bytesOf } from '../kernels/memory.js'
import { emitFused, operandOf, stepsOf } from './fused.js'
import { attrsOf, reducedAxes, spaceOf, type Node } from './graph.js'
import { call, copy, fill, overAxes } from './move.js'
import { collapsed, permuted, type Place } from './place.js'
import { acceptsRowMajor, placeOf, room, settle, wanted, type Scope } from './scope.js'
import type { Unit } from './units.js'

/** Adds a sum or maximum over axes of which not all are the last. */
export function emitReduction(scope: Scope, node: Node): void {
  const [x] = node.inputs as readonly [Tensor]
  const [y] = node.outputs as readonly [Tensor]
  const op = attrsOf(node, 'sum') ? 'sum' : 'max'
  const axes = reducedAxes(node)!
  const to = wanted(scope, y, acceptsRowMajor(y))
  if (y.size > 0 && x.size === 0) fill(scope.list, to, y.shape, y.dtype, 0)
  else if (y.size > 0 && !foldRows(scope, op, x, axes, to)) sumColumns(scope, op, x, axes, y, to)
  settle(scope, y, to)
}

/** Adds a fold of elementwise nodes, which are computed on the way. */
export function emitFold(scope: Scope, { nodes, fold: node }: Unit): void {
  const [x] = node!.inputs as readonly [Tensor]
  const [y] = node!.outputs as readonly [Tensor]
  const before = {
    nodes: nodes.slice(0, -1),
    space: spaceOf(nodes[0]!),
    ofRows: new Set<Tensor>(),
    fold: null,
  }
  const count = reducedAxes(node!)!.length
  const axes = { lead: x.shape.slice(0, count), columns: x.shape.slice(count) }
  const { steps, valueOf, inputs } = stepsOf(scope, before)
  const ins = inputs.map(({ tensor }) => operandOf(scope, tensor, axes, false))
  const down = collapsed(
    axes.lead,
    ins.map(({ lead }) => lead),
  )
  if (down.shape.length > 1 || y.size === 0) {
    emitFused(scope, before, new Set([x]))
    return emitReduction(scope, node!)
  }
  const to = wanted(scope, y, acceptsRowMajor(y))
  const kernel = fold(attrsOf(node!, 'sum') ? 'sum' : 'max', {
    inputs: inputs.map(({ tensor }, i) => ({ dtype: tensor.dtype, each: ins[i]!.each })),
    steps,
    outputs: [{ value: valueOf.get(x)!, each: true }],
  })
  const operands = ins.flatMap(({ address }, i) => [address, down.strides[0]?.[i] ?? 0])
  const words = [down.shape[0] ?? 1, y.size, ...operands, to, 0]
  scope.list.push({ kind: 'call', kernel, words })
  settle(scope, y, to)
}

/** Down the rows, where the last kept axis lies in memory number by number and the reduced ones are as one. */
function foldRows(scope: Scope, op: 'sum' | 'max', x: Tensor, axes: readonly number[], to: Place): boolean {
  const { strides } = placeOf(scope, x)
  const size = bytesOf[x.dtype]
  const at = (of: readonly number[]) => of.map((axis) => strides[axis]!)
  const keptAxes = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const extents = (of: readonly number[]) => of.map((axis) => x.shape[axis]!)
  const down = collapsed(extents(axes), [at(axes)])
  const kept = collapsed(extents(keptAxes), [at(keptAxes), to.strides])
  const columns = kept.shape.pop()
  const [from, into] = kept.strides.pop() ?? []
  if (down.shape.length > 1 || columns === undefined || from !== size || into !== size) return false
  const kernel = fold(op, {
    inputs: [{ dtype: x.dtype, each: true }],
    steps: [],
    outputs: [{ value: 0, each: true }],
  })
  const walkers = [placeOf(scope, x), to].map((address, i) => ({
    address,
    strides: kept.strides.map((steps) => steps[i]!),
  }))
  overAxes(scope.list, kept.shape, walkers, (list, [in0, out0]) =>
    call<string>(list, kernel, {
      rows: down.shape[0] ?? 1,
      columns,
      in0: in0!,
      in0Row: down.strides[0]?.[0] ?? 0,
      out0: out0!,
      out0Row: 0,
    }),
  )
  return true
}

/** Along rows, after a copy in which the reduced axes come last. */
function sumColumns(
  scope: Scope,
  op: 'sum' | 'max',
  x: Tensor,
  axes: readonly number[],
  y: Tensor,
  to: Place,
): void {
  const { dtype, size } = x
  const order = [...x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)), ...axes]
  const shape = order.map((axis) => x.shape[axis]!)
  const rows = room({ shape, dtype, size })
  copy(scope.list, permuted(placeOf(scope, x), order), rows, shape, dtype)
  const kernel = map({
    inputs: [{ dtype, each: true }],
    steps: [{ op, args: [0], dtype }],
    outputs: [{ value: 1, each: false }],
  })
  const columns = size / y.size
  call<string>(scope.list, kernel, {
    rows: y.size,
    columns,
    in0: rows,
    in0Row: columns * bytesOf[dtype],
    out0: to,
    out0Row: bytesOf[dtype],
  })
}
