import type { DType } from '../dtype.js'
import { refuse } from '../errors.js'
import { add } from '../ops/arithmetic.js'
import { sliceAxis } from '../ops/concat.js'
import { moveAxis, pick, place, scatterAdd, take } from '../ops/indexing.js'
import { ones } from '../ops/literal.js'
import { broadcastTo, permute, reshape } from '../ops/movement.js'
import { cast } from '../ops/select.js'
import { broadcastShapes, resolveAxis, sameShape, showShape } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkCount, checkIndices, checkTensor } from './check.js'
import { where } from './elementwise.js'
import { pad } from './pad.js'
import { expandDims, squeeze, swapAxes } from './shape.js'

/**
 * Reading and writing where int32 tensors say. `…Along` functions have an index for each element, as PyTorch's gather
 * and scatter; `index…` functions one for each entry of an axis. Indices outside the axis are refused.
 */

/**
 * From every line of x along an axis, the elements that the same line of `indices` names:
 * `y[i][j] = x[indices[i][j]][j]` for axis 0. The result has the shape of `indices`, which may be shorter than x along
 * the other axes.
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, axis = -1): Tensor {
  checkTensor('takeAlongAxis', x)
  const along = checkLines('takeAlongAxis', x, indices, axis)
  const lines = indices.shape.reduce(
    (part, extent, a) => (a === along ? part : sliceAxis(part, a, 0, extent)),
    x,
  )
  return toLast(pick(toLast(lines, along), toLast(indices, along)), along)
}

/**
 * x with `updates` written where `indices` of the same shape say along an axis: `y[indices[i][j]][j] = updates[i][j]`
 * for axis 0. No index may stand twice in a line.
 */
export function scatterAlong(x: Tensor, indices: Tensor, updates: Tensor, axis = -1): Tensor {
  const along = checkUpdates('scatterAlong', x, indices, updates, axis)
  const written = cast(placeAlong(x, indices, ones(indices.shape, 'int32'), along), 'bool')
  return where(written, placeAlong(x, indices, updates, along), x)
}

/**
 * x with `updates` added where `indices` of the same shape say along an axis: `y[indices[i][j]][j] += updates[i][j]` for
 * axis 0.
 */
export function scatterAddAlong(x: Tensor, indices: Tensor, updates: Tensor, axis = -1): Tensor {
  const along = checkUpdates('scatterAddAlong', x, indices, updates, axis)
  return add(x, placeAlong(x, indices, updates, along))
}

/** The entries of an axis that `indices` name, in their order; the axes of `indices` take the place of that axis. */
export function indexSelect(x: Tensor, indices: Tensor, axis = 0): Tensor {
  checkTensor('indexSelect', x)
  checkIndices('indexSelect', indices)
  const along = resolveAxis('indexSelect', axis, x.rank)
  const chosen = take(moveAxis(x, along, 0), indices)
  const from = Array.from({ length: chosen.rank }, (_, a) => a)
  const [picked, rest] = [from.slice(0, indices.rank), from.slice(indices.rank)]
  return permute(chosen, [...rest.slice(0, along), ...picked, ...rest.slice(along)])
}

/** x with entry i of `updates` along an axis added to entry `indices[i]`. Equal indices add up. */
export function indexAdd(x: Tensor, indices: Tensor, updates: Tensor, axis = 0): Tensor {
  const along = checkEntries('indexAdd', x, indices, updates, axis)
  return add(x, placeEntries(x, indices, updates, along))
}

/** x with entry i of `updates` along an axis in place of entry `indices[i]`. No index may stand twice. */
export function indexCopy(x: Tensor, indices: Tensor, updates: Tensor, axis = 0): Tensor {
  const along = checkEntries('indexCopy', x, indices, updates, axis)
  const count = x.shape[along]!
  const written = cast(scatterAdd(indices, ones(indices.shape, 'int32'), count), 'bool')
  const shape = x.shape.map((_, a) => (a === along ? count : 1))
  return where(reshape(written, shape), placeEntries(x, indices, updates, along), x)
}

/**
 * The elements at the given coordinates, NumPy's `x[rows, columns]`: one index tensor for each leading axis, broadcast
 * together; their axes come first, then those of x that are left.
 */
export function takeAt(x: Tensor, coordinates: readonly Tensor[]): Tensor {
  checkTensor('takeAt', x)
  const count = coordinates.length
  if (count === 0 || count > x.rank) {
    refuse(
      'takeAt',
      `${count} index tensors do not fit the ${x.rank} axes of ${showShape(x.shape)}; give 1 to ${x.rank}`,
    )
  }
  coordinates.forEach((indices) => checkIndices('takeAt', indices))
  const shape = coordinates.reduce<readonly number[]>(
    (all, { shape }) => broadcastShapes('takeAt', all, shape),
    [],
  )
  const [first, ...others] = coordinates.map((indices) => broadcastTo(indices, shape))
  const at = shape.length
  return others.reduce(
    (chosen, indices) => {
      const rest = chosen.shape.slice(at + 1)
      const lines = broadcastTo(reshape(indices, [...shape, 1, ...rest.map(() => 1)]), [...shape, 1, ...rest])
      return squeeze(takeAlongAxis(chosen, lines, at), at)
    },
    take(x, first!),
  )
}

/** A vector of `count` elements for each index, 1 at the index and 0 elsewhere: `[…, count]`; float32 unless said. */
export function oneHot(indices: Tensor, count: number, dtype: DType = 'float32'): Tensor {
  checkIndices('oneHot', indices)
  checkCount('oneHot', 'the count', count, 1)
  const places = expandDims(indices, -1)
  return place(places, ones(places.shape, dtype), count)
}

/** Exchanges an axis with the last one, where `pick` and `place` work. */
function toLast(x: Tensor, axis: number): Tensor {
  return swapAxes(x, axis, -1)
}

/** Zeros of the shape of x with the updates added along an axis; lines that the indices leave out stay zero. */
function placeAlong(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  const placed = toLast(place(toLast(indices, axis), toLast(updates, axis), x.shape[axis]!), axis)
  return sameShape(placed.shape, x.shape)
    ? placed
    : pad(
        placed,
        x.shape.map((extent, a) => [0, extent - placed.shape[a]!]),
      )
}

/** Zeros of the shape of x with whole entries of an axis added. */
function placeEntries(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  return moveAxis(scatterAdd(indices, moveAxis(updates, axis, 0), x.shape[axis]!), 0, axis)
}

function checkLines(name: string, x: Tensor, indices: Tensor, axis: number): number {
  checkTensor(name, x)
  checkIndices(name, indices)
  if (x.rank !== indices.rank) {
    refuse(name, `the tensor has ${x.rank} axes and the indices have ${indices.rank}; give them as many`)
  }
  const along = resolveAxis(name, axis, x.rank)
  const long = indices.shape.findIndex((extent, a) => a !== along && extent > x.shape[a]!)
  if (long >= 0) {
    refuse(
      name,
      `axis ${long} has ${indices.shape[long]} entries in the indices ${showShape(indices.shape)} but ` +
        `${x.shape[long]} in the tensor ${showShape(x.shape)}; only axis ${axis} may have more`,
    )
  }
  return along
}

function checkUpdates(name: string, x: Tensor, indices: Tensor, updates: Tensor, axis: number): number {
  const along = checkLines(name, x, indices, axis)
  checkDtype(name, x, updates)
  if (!sameShape(indices.shape, updates.shape)) {
    refuse(
      name,
      `indices have shape ${showShape(indices.shape)} but updates ${showShape(updates.shape)}; make them equal`,
    )
  }
  return along
}

function checkEntries(name: string, x: Tensor, indices: Tensor, updates: Tensor, axis: number): number {
  checkTensor(name, x)
  checkIndices(name, indices)
  checkDtype(name, x, updates)
  const along = resolveAxis(name, axis, x.rank)
  const expected = x.shape.map((extent, a) => (a === along ? indices.size : extent))
  if (indices.rank !== 1 || !sameShape(updates.shape, expected)) {
    refuse(
      name,
      `indices of shape ${showShape(indices.shape)} and updates of shape ${showShape(updates.shape)} do not fit axis ` +
        `${axis} of ${showShape(x.shape)}; give a vector of indices and updates of shape ${showShape(expected)}`,
    )
  }
  return along
}

function checkDtype(name: string, x: Tensor, updates: Tensor): void {
  checkTensor(name, updates)
  if (x.dtype !== updates.dtype) {
    refuse(name, `the tensor is ${x.dtype} and the updates are ${updates.dtype}; cast(…) one of them`)
  }
}
