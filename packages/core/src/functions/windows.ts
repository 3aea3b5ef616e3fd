import { refuse } from '../errors.js'
import { add, mul } from '../ops/arithmetic.js'
import { moveAxis } from '../ops/indexing.js'
import { iota } from '../ops/literal.js'
import { resolveAxis, showShape } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkCount, checkTensor } from './check.js'
import { indexSelect } from './indexing.js'
import { expandDims } from './shape.js'

/**
 * All windows of `size` neighbouring entries of an axis, each `step` entries after the one before. The axis becomes that
 * of the windows, and their entries the last axis of the result.
 */
export function unfold(
  x: Tensor,
  {
    axis = -1,
    size,
    step = 1,
    dilation = 1,
  }: { axis?: number; size: number; step?: number; dilation?: number },
): Tensor {
  checkTensor('unfold', x)
  checkCount('unfold', 'the size', size, 1)
  checkCount('unfold', 'the step', step, 1)
  checkCount('unfold', 'the dilation', dilation, 1)
  const along = resolveAxis('unfold', axis, x.rank)
  const extent = x.shape[along]!
  const span = (size - 1) * dilation + 1
  if (span > extent) {
    refuse(
      'unfold',
      `a window spans ${span} entries but axis ${axis} of ${showShape(x.shape)} has ${extent}; pad(…) it first`,
    )
  }
  const count = Math.floor((extent - span) / step) + 1
  const places = add(expandDims(mul(iota(count), step), 1), mul(iota(size), dilation))
  return moveAxis(indexSelect(x, places, along), along + 1, x.rank)
}
