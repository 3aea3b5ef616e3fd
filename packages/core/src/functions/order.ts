import { refuse } from '../errors.js'
import { isFloat } from '../dtype.js'
import { sliceAxis } from '../ops/concat.js'
import { argmax, argsort } from '../ops/reduce.js'
import { resolveAxis, showShape } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkCount, checkTensor } from './check.js'
import { any, argmin } from './reduce.js'
import { isNaN } from './comparison.js'
import { where } from './elementwise.js'
import { takeAlongAxis } from './indexing.js'
import { expandDims, squeeze } from './shape.js'

/** Elements, and where along the axis they stood (int32). The gradient of an element goes to that one place. */
export type Ranked = {
  readonly values: Tensor
  readonly indices: Tensor
}

/** The largest element along an axis and the index of its first occurrence, both without that axis. NaN wins. */
export function maxWithIndex(x: Tensor, axis = -1): Ranked {
  return chosen(x, resolveAxis('maxWithIndex', axis, x.rank), argmax)
}

/** The smallest element along an axis and the index of its first occurrence, both without that axis. NaN wins. */
export function minWithIndex(x: Tensor, axis = -1): Ranked {
  return chosen(x, resolveAxis('minWithIndex', axis, x.rank), argmin)
}

/**
 * The middle element along an axis in the order of size, the lower of the two middle ones where their number is even,
 * and its index, both without that axis. NaN wins.
 */
export function median(x: Tensor, axis = -1): Ranked {
  checkTensor('median', x)
  const along = resolveAxis('median', axis, x.rank)
  const count = x.shape[along]!
  if (count === 0)
    refuse('median', `axis ${axis} of ${showShape(x.shape)} is empty and has no middle element`)
  const order = argsort(x, along)
  const at = (place: number) => squeeze(sliceAxis(order, along, place, place + 1), along)
  // NaN sorts last, so that is where one of them is, if there is any
  const middle = at(Math.floor((count - 1) / 2))
  return chosen(x, along, () =>
    isFloat(x.dtype) ? where(any(isNaN(x), along), at(count - 1), middle) : middle,
  )
}

/** x in ascending order along an axis, and the indices that bring it there. Equal elements keep their order; NaN is largest. */
export function sort(x: Tensor, axis = -1, { descending = false } = {}): Ranked {
  checkTensor('sort', x)
  const along = resolveAxis('sort', axis, x.rank)
  const indices = argsort(x, along, { descending })
  return { values: takeAlongAxis(x, indices, along), indices }
}

/** The k largest (or smallest) elements along an axis, best first, and their indices; the axis has k entries. */
export function topK(x: Tensor, k: number, axis = -1, { largest = true } = {}): Ranked {
  checkTensor('topK', x)
  checkCount('topK', 'k', k, 0)
  const along = resolveAxis('topK', axis, x.rank)
  const count = x.shape[along]!
  if (k > count)
    refuse(
      'topK',
      `k is ${k} but axis ${axis} of ${showShape(x.shape)} has ${count} entries; take at most those`,
    )
  const indices = sliceAxis(argsort(x, along, { descending: largest }), along, 0, k)
  return { values: takeAlongAxis(x, indices, along), indices }
}

function chosen(x: Tensor, axis: number, choose: (x: Tensor, axis: number) => Tensor): Ranked {
  const indices = choose(x, axis)
  return { values: squeeze(takeAlongAxis(x, expandDims(indices, axis), axis), axis), indices }
}
