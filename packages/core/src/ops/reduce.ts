import { isFloat, type TypedArray } from '../dtype.js'
import { refuse } from '../errors.js'
import type { Op } from '../op.js'
import { resolveAxes, resolveAxis, showShape, sizeOf, stridesOf, type Shape } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { movedAxis } from './along.js'
import { cast } from './select.js'
import { div, equal, mul } from './arithmetic.js'
import { broadcastTo, flipOp, gatherWalk, permute, reshape, type Walk } from './movement.js'

/** Ops that make axes shorter or go along one. The primitives drop the axes they reduce. */

type Axes = { readonly axes: readonly number[] }

export const sumOp: Op<Axes> = {
  name: 'sum',
  formula: String.raw`y = \sum_i x_i`,
  cost: 'light',
  along: ([axis], _inputs, { axes }) =>
    movedAxis(axis!, (from) => !axes.includes(from) && from - axes.filter((a) => a < from).length),
  infer([x], { axes }) {
    if (x!.dtype === 'bool') refuse('sum', 'the tensor is bool; cast it to int32 or a float to count')
    return [{ shape: x!.shape.filter((_, axis) => !axes.includes(axis)), dtype: x!.dtype }]
  },
  kernel([x], { axes }) {
    const { rowsOf, length } = reducedRows(x!.shape, axes)
    return ([x], [y]) => {
      const rows = rowsOf(x!)
      for (let i = 0; i < y!.length; i++) {
        let total = 0
        for (let j = i * length; j < (i + 1) * length; j++) total += rows[j]!
        y![i] = total
      }
    }
  },
  derivative: { kind: 'linear', transpose: (g, _i, [x], { axes }) => spreadBack(g, x!.shape, axes) },
  batch: ([x], _batched, { axes }) => [apply1(sumOp, [x!], { axes: axes.map((axis) => axis + 1) })],
  batchSum: ([x], _batched, { axes }) => apply1(sumOp, [x!], { axes: [0, ...axes.map((axis) => axis + 1)] }),
}

export const maxOp: Op<Axes> = {
  name: 'max',
  formula: String.raw`y = \max_i x_i`,
  cost: 'light',
  along: ([axis], _inputs, { axes }) =>
    movedAxis(axis!, (from) => !axes.includes(from) && from - axes.filter((a) => a < from).length),
  infer([x], { axes }) {
    if (x!.dtype === 'bool') refuse('max', 'the tensor is bool; cast it to int32 first')
    const empty = axes.find((axis) => x!.shape[axis] === 0)
    if (empty !== undefined)
      refuse('max', `axis ${empty} of ${showShape(x!.shape)} is empty and has no largest element`)
    return [{ shape: x!.shape.filter((_, axis) => !axes.includes(axis)), dtype: x!.dtype }]
  },
  kernel([x], { axes }) {
    const { rowsOf, length } = reducedRows(x!.shape, axes)
    return ([x], [y]) => {
      const rows = rowsOf(x!)
      for (let i = 0; i < y!.length; i++) {
        let best = rows[i * length]!
        for (let j = i * length + 1; j < (i + 1) * length; j++) best = Math.max(best, rows[j]!)
        y![i] = best
      }
    }
  },
  derivative: {
    kind: 'rules', // ties share the gradient evenly, as PyTorch's amax
    jvp: ([t], [x], y, { axes }) => sum(mul(t!, tieWeights(x!, y, axes)), axes),
    vjp: (g, _i, [x], y, { axes }) => mul(spreadBack(g, x!.shape, axes), tieWeights(x!, y, axes)),
  },
  batch: ([x], _batched, { axes }) => [apply1(maxOp, [x!], { axes: axes.map((axis) => axis + 1) })],
}

export const argmaxOp: Op<{ readonly axis: number }> = {
  name: 'argmax',
  formula: String.raw`y = \operatorname{arg\,max}_i x_i`,
  cost: 'light',
  along: ([along], _inputs, { axis }) =>
    movedAxis(along!, (from) => from !== axis && (from < axis ? from : from - 1)),
  infer([x], { axis }) {
    if (x!.shape[axis] === 0)
      refuse('argmax', `axis ${axis} of ${showShape(x!.shape)} is empty and has no largest element`)
    return [{ shape: x!.shape.filter((_, a) => a !== axis), dtype: 'int32' }]
  },
  kernel([x], { axis }) {
    const { rowsOf, length } = reducedRows(x!.shape, [axis])
    return ([x], [y]) => {
      const rows = rowsOf(x!)
      for (let i = 0; i < y!.length; i++) {
        let best = 0
        for (let j = 1; j < length; j++)
          if (comesFirst(rows[i * length + j]!, rows[i * length + best]!)) best = j
        y![i] = best
      }
    }
  },
  derivative: { kind: 'none' },
  batch: ([x], _batched, { axis }) => [apply1(argmaxOp, [x!], { axis: axis + 1 })],
}

export const cumsumOp: Op<{ readonly axis: number; readonly reverse: boolean }> = {
  name: 'cumsum',
  formula: String.raw`y_n = \sum_{i \le n} x_i`,
  cost: 'light',
  along: ([along], _inputs, { axis }) => movedAxis(along!, (from) => from !== axis && from),
  infer([x]) {
    if (x!.dtype === 'bool') refuse('cumsum', 'the tensor is bool; cast it to int32 or a float first')
    return [x!]
  },
  kernel([x], { axis, reverse }) {
    const inner = stridesOf(x!.shape)[axis]!
    const extent = x!.shape[axis]!
    const lines = extent === 0 ? 0 : sizeOf(x!.shape) / extent
    return ([x], [y]) => {
      for (let line = 0; line < lines; line++) {
        const start = Math.floor(line / inner) * inner * extent + (line % inner)
        let total = 0
        for (let n = 0; n < extent; n++) {
          const at = start + (reverse ? extent - 1 - n : n) * inner
          total += x![at]!
          y![at] = total
        }
      }
    }
  },
  derivative: {
    kind: 'linear',
    transpose: (g, _i, _inputs, { axis, reverse }) => apply1(cumsumOp, [g], { axis, reverse: !reverse }),
  },
  batch: ([x], _batched, { axis, reverse }) => [apply1(cumsumOp, [x!], { axis: axis + 1, reverse })],
}

/** The order that sorts the last axis; equal elements keep their order, NaN counts as largest. */
export const argsortOp: Op<{ readonly descending: boolean }> = {
  name: 'argsort',
  formula: String.raw`x_{y_1} \le x_{y_2} \le \dots`,
  cost: 'light',
  along: ([along], [x]) => movedAxis(along!, (from) => from < x!.shape.length - 1 && from),
  infer: ([x]) => [{ shape: x!.shape, dtype: 'int32' }],
  kernel([x], { descending }) {
    const length = x!.shape.at(-1)!
    return ([x], [y]) => {
      const order = new Int32Array(length)
      for (let from = 0; from < x!.length; from += length) {
        for (let i = 0; i < length; i++) order[i] = i
        order.sort((i, j) => {
          const [a, b] = descending ? [i, j] : [j, i]
          if (comesFirst(x![from + a]!, x![from + b]!)) return -1
          return comesFirst(x![from + b]!, x![from + a]!) ? 1 : i - j
        })
        y!.set(order, from)
      }
    }
  },
  derivative: { kind: 'none' },
  batch: ([x], _batched, attrs) => [apply1(argsortOp, [x!], attrs)],
}

/** Sum over the axes (all unless given). An empty sum is 0. */
export function sum(x: Tensor, axes?: number | readonly number[], { keepDims = false } = {}): Tensor {
  return reduce('sum', sumOp, x, axes, keepDims)
}

/** The largest element over the axes (all unless given); ties share the gradient evenly. NaN wins. */
export function max(x: Tensor, axes?: number | readonly number[], { keepDims = false } = {}): Tensor {
  return reduce('max', maxOp, x, axes, keepDims)
}

/** Where the largest element along an axis is, the first of equals; int32, without that axis. */
export function argmax(x: Tensor, axis = -1): Tensor {
  return apply1(argmaxOp, [x], { axis: resolveAxis('argmax', axis, x.rank) })
}

/** Running sum along an axis, from the end if `reverse`. */
export function cumsum(x: Tensor, axis = -1, { reverse = false } = {}): Tensor {
  return apply1(cumsumOp, [x], { axis: resolveAxis('cumsum', axis, x.rank), reverse })
}

/** The int32 indices that sort x along an axis; stable. */
export function argsort(x: Tensor, axis = -1, { descending = false } = {}): Tensor {
  const resolved = resolveAxis('argsort', axis, x.rank)
  const last = x.rank - 1
  const swap = x.shape.map((_, a) => (a === resolved ? last : a === last ? resolved : a))
  return permute(apply1(argsortOp, [permute(x, swap)], { descending }), swap)
}

/** x back to front along the axes. */
export function flip(x: Tensor, axes: number | readonly number[]): Tensor {
  return apply1(flipOp, [x], { axes: resolveAxes('flip', axes, x.rank) })
}

function reduce(
  name: string,
  op: Op<Axes>,
  x: Tensor,
  axes: number | readonly number[] | undefined,
  keepDims: boolean,
): Tensor {
  const resolved = resolveAxes(name, axes, x.rank)
  const reduced = resolved.length === 0 ? x : apply1(op, [x], { axes: resolved })
  return keepDims ? reshape(reduced, keptShape(x.shape, resolved)) : reduced
}

function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
}

function spreadBack(g: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  return broadcastTo(reshape(g, keptShape(shape, axes)), shape)
}

function tieWeights(x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  const ties = cast(equal(x, spreadBack(y, x.shape, axes)), isFloat(x.dtype) ? x.dtype : 'float32')
  return div(ties, sum(ties, axes, { keepDims: true }))
}

/** Order of argmax and argsort: larger first, NaN before all. */
function comesFirst(a: number, b: number): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b))
}

/** x with the reduced axes innermost, so that each result comes from one contiguous row. */
function reducedRows(
  shape: Shape,
  axes: readonly number[],
): { rowsOf: (x: TypedArray) => TypedArray; length: number } {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const order = [...kept, ...axes]
  const length = sizeOf(axes.map((axis) => shape[axis]!))
  if (order.every((axis, i) => axis === i)) return { rowsOf: (x) => x, length }
  const strides = stridesOf(shape)
  const walk: Walk = {
    shape: order.map((axis) => shape[axis]!),
    offset: 0,
    strides: order.map((axis) => strides[axis]!),
  }
  const rows = new Float64Array(sizeOf(shape))
  return {
    rowsOf(x) {
      gatherWalk(walk, x, rows)
      return rows
    },
    length,
  }
}
