import { refuse } from '../errors.js'
import type { Op, Spec } from '../op.js'
import { sameShape, showShape, sizeOf } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { movedAxis, sameAxis } from './along.js'
import { add, mul } from './arithmetic.js'
import { spread } from './elementwise.js'
import { iota } from './literal.js'
import { broadcastTo, permute, reshape } from './movement.js'
import { sum } from './reduce.js'

/** Ops that read or write where an int32 tensor says. Indices outside the axis are refused, never followed. */

/** Rows of x: indices of any shape choose along axis 0. */
export const takeOp: Op = {
  name: 'take',
  formula: 'y_i = x_{j_i}',
  cost: 'heavy',
  along([ofRows, ofIndices], [, indices]) {
    if (ofIndices === null) return movedAxis(ofRows!, (from) => from > 0 && from + indices!.shape.length - 1)
    return ofRows === null && ofIndices!
  },
  infer([x, indices]) {
    checkIndices('take', indices!)
    if (x!.shape.length === 0) refuse('take', 'the tensor is a scalar and has no rows to choose from')
    return [{ shape: [...indices!.shape, ...x!.shape.slice(1)], dtype: x!.dtype }]
  },
  kernel([x]) {
    const rows = x!.shape[0]!
    const row = sizeOf(x!.shape.slice(1))
    return ([x, indices], [y]) => {
      for (let i = 0; i < indices!.length; i++) {
        const from = checked('take', indices![i]!, rows) * row
        for (let j = 0; j < row; j++) y![i * row + j] = x![from + j]!
      }
    }
  },
  derivative: {
    kind: 'linear',
    of: [0],
    transpose: (g, _i, [x, indices]) => apply1(scatterAddOp, [indices!, g], { size: x!.shape[0]! }),
  },
  batch([x, indices], [xBatched, indicesBatched], _attrs, size) {
    if (!xBatched) return [apply1(takeOp, [x!, indices!], {})]
    if (indicesBatched) {
      const rows = x!.shape[1]!
      return [
        apply1(takeOp, [reshape(x!, [size * rows, ...x!.shape.slice(2)]), offsetRows(indices!, rows)], {}),
      ]
    }
    const swapped = permute(x!, [1, 0, ...axesFrom(2, x!.rank)])
    return [moveAxis(apply1(takeOp, [swapped, indices!], {}), indices!.rank, 0)]
  },
}

/** Zeros `[size, …]` to which each row of the updates is added where its index says. */
export const scatterAddOp: Op<{ readonly size: number }> = {
  name: 'scatterAdd',
  formula: String.raw`y_j = \sum_{i : j_i = j} x_i`,
  cost: 'heavy',
  along: ([ofIndices, ofUpdates], [indices]) => {
    const rank = indices!.shape.length
    return ofIndices === null && movedAxis(ofUpdates!, (from) => from >= rank && from - rank + 1)
  },
  infer([indices, updates], { size }) {
    checkIndices('scatterAdd', indices!)
    checkSize('scatterAdd', size)
    const rank = indices!.shape.length
    if (!sameShape(updates!.shape.slice(0, rank), indices!.shape)) {
      refuse(
        'scatterAdd',
        `updates of shape ${showShape(updates!.shape)} do not begin with the shape ${showShape(indices!.shape)} of the indices`,
      )
    }
    return [{ shape: [size, ...updates!.shape.slice(rank)], dtype: updates!.dtype }]
  },
  kernel([indices, updates], { size }) {
    const row = sizeOf(updates!.shape.slice(indices!.shape.length))
    return ([indices, updates], [y]) => {
      y!.fill(0)
      for (let i = 0; i < indices!.length; i++) {
        const to = checked('scatterAdd', indices![i]!, size) * row
        for (let j = 0; j < row; j++) y![to + j]! += updates![i * row + j]!
      }
    }
  },
  derivative: {
    kind: 'linear',
    of: [1],
    transpose: (g, _i, [indices]) => apply1(takeOp, [g, indices!], {}),
  },
  batch([indices, updates], [indicesBatched, updatesBatched], { size: rows }, size) {
    if (!indicesBatched) {
      const moved = apply1(scatterAddOp, [indices!, moveAxis(updates!, 0, indices!.rank)], { size: rows })
      return [permute(moved, [1, 0, ...axesFrom(2, moved.rank)])]
    }
    const all = updatesBatched ? updates! : broadcastTo(updates!, [size, ...updates!.shape])
    const y = apply1(scatterAddOp, [offsetRows(indices!, rows), all], { size: size * rows })
    return [reshape(y, [size, rows, ...y.shape.slice(1)])]
  },
  batchSum([indices, updates], [indicesBatched, updatesBatched], attrs, size) {
    if (!indicesBatched) return apply1(scatterAddOp, [indices!, sum(updates!, 0)], attrs)
    const all = updatesBatched ? updates! : broadcastTo(updates!, [size, ...updates!.shape])
    return apply1(scatterAddOp, [indices!, all], attrs)
  },
}

/** From each row of x `[…, n]`, the elements its row of indices `[…, k]` names: `[…, k]`. */
export const pickOp: Op = {
  name: 'pick',
  formula: 'y_{rk} = x_{r j_{rk}}',
  cost: 'light',
  along(axes, [x]) {
    const axis = sameAxis(axes)
    return axis !== x!.shape.length - 1 && axis
  },
  infer([x, indices]) {
    checkIndices('pick', indices!)
    if (x!.shape.length === 0 || !sameShape(x!.shape.slice(0, -1), indices!.shape.slice(0, -1))) {
      refuse(
        'pick',
        `rows of ${showShape(x!.shape)} and of indices ${showShape(indices!.shape)} differ; all but the last axis agree`,
      )
    }
    return [{ shape: indices!.shape, dtype: x!.dtype }]
  },
  kernel([x, indices]) {
    const n = x!.shape.at(-1)!
    const k = indices!.shape.at(-1)!
    return ([x, indices], [y]) => {
      for (let i = 0; i < y!.length; i++)
        y![i] = x![Math.floor(i / k) * n + checked('pick', indices![i]!, n)]!
    }
  },
  derivative: {
    kind: 'linear',
    of: [0],
    transpose: (g, _i, [x, indices]) => apply1(placeOp, [indices!, g], { size: x!.shape.at(-1)! }),
  },
  batch: (inputs, batched, _attrs, size) => [apply1(pickOp, spread(inputs, batched, size), {})],
}

/** Zeros `[…, size]` to which `updates[…, k]` is added at the elements its row of indices `[…, k]` names. */
export const placeOp: Op<{ readonly size: number }> = {
  name: 'place',
  formula: String.raw`y_{rj} = \sum_{k : j_{rk} = j} x_{rk}`,
  cost: 'light',
  along(axes, [x]) {
    const axis = sameAxis(axes)
    return axis !== x!.shape.length - 1 && axis
  },
  infer([indices, updates], { size }) {
    checkIndices('place', indices!)
    checkSize('place', size)
    if (!sameShape(indices!.shape, updates!.shape)) {
      refuse(
        'place',
        `indices have shape ${showShape(indices!.shape)} but updates ${showShape(updates!.shape)}; make them equal`,
      )
    }
    return [{ shape: [...updates!.shape.slice(0, -1), size], dtype: updates!.dtype }]
  },
  kernel([indices], { size }) {
    const k = indices!.shape.at(-1)!
    return ([indices, updates], [y]) => {
      y!.fill(0)
      for (let i = 0; i < indices!.length; i++) {
        y![Math.floor(i / k) * size + checked('place', indices![i]!, size)]! += updates![i]!
      }
    }
  },
  derivative: { kind: 'linear', of: [1], transpose: (g, _i, [indices]) => apply1(pickOp, [g, indices!], {}) },
  batch: (inputs, batched, attrs, size) => [apply1(placeOp, spread(inputs, batched, size), attrs)],
}

/** Rows of x chosen by int32 indices along axis 0: `[…indices, …x.shape[1:]]`. */
export function take(x: Tensor, indices: Tensor): Tensor {
  return apply1(takeOp, [x, indices], {})
}

/** Zeros `[size, …]` with each row of `updates` `[…indices, …]` added at its index. */
export function scatterAdd(indices: Tensor, updates: Tensor, size: number): Tensor {
  return apply1(scatterAddOp, [indices, updates], { size })
}

/** `y[…, k] = x[…, indices[…, k]]`; all axes but the last agree. */
export function pick(x: Tensor, indices: Tensor): Tensor {
  return apply1(pickOp, [x, indices], {})
}

/** Zeros `[…, size]` with `updates[…, k]` added at `indices[…, k]`; the transpose of `pick`. */
export function place(indices: Tensor, updates: Tensor, size: number): Tensor {
  return apply1(placeOp, [indices, updates], { size })
}

/** x with axis `from` moved to place `to`. */
export function moveAxis(x: Tensor, from: number, to: number): Tensor {
  const order = axesFrom(0, x.rank).filter((axis) => axis !== from)
  order.splice(to, 0, from)
  return permute(x, order)
}

function checkIndices(name: string, { dtype }: Spec): void {
  if (dtype !== 'int32') refuse(name, `the indices are ${dtype}; cast them to int32`)
}

function checkSize(name: string, size: number): void {
  if (!Number.isInteger(size) || size < 0)
    refuse(name, `the size is ${size}; it must be a whole number from 0`)
}

function checked(name: string, index: number, extent: number): number {
  if (index < 0 || index >= extent) {
    refuse(name, `index ${index} is outside the axis of size ${extent}; use 0 to ${extent - 1}`)
  }
  return index
}

/** Indices into the rows of N stacked tables, from indices `[N, …]` into each. */
function offsetRows(indices: Tensor, rows: number): Tensor {
  const offsets = mul(iota(indices.shape[0]!), rows)
  return add(indices, reshape(offsets, [indices.shape[0]!, ...new Array<number>(indices.rank - 1).fill(1)]))
}

function axesFrom(first: number, rank: number): number[] {
  return Array.from({ length: Math.max(0, rank - first) }, (_, i) => first + i)
}
