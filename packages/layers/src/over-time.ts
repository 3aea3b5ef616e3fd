import {
  broadcastTo,
  clip,
  iota,
  less,
  refuse,
  reshape,
  slice,
  sum,
  takeAlongAxis,
  where,
  type Tensor,
} from '@tapeloop/core'
import { checkFloat, checkLengths, showShape } from './check.js'

/**
 * The last step of each row, or of the first `lengths` int32 `[batch]` steps: y `[batch, time, features]` →
 * `[batch, features]`. Zeros, with gradient 0, where a length is 0.
 *
 * @throws where y has another rank or no steps, or the lengths do not fit it
 */
export function lastStep(y: Tensor, lengths?: Tensor): Tensor {
  const [batchSize, time, size] = checkSequence('lastStep', y, lengths)
  if (lengths === undefined) return slice(y, [null, -1])
  const at = clip(lengths.sub(1), 0, time - 1).reshape([batchSize, 1, 1])
  const last = reshape(takeAlongAxis(y, broadcastTo(at, [batchSize, 1, size]), 1), [batchSize, size])
  return where(less(0, lengths).reshape([batchSize, 1]), last, 0)
}

/**
 * The mean of each row over time, or over the first `lengths` int32 `[batch]` steps: y `[batch, time, features]` →
 * `[batch, features]`. Zeros, with gradient 0, where a length is 0; what stands behind the lengths is no matter.
 *
 * @throws where y has another rank or no steps, or the lengths do not fit it
 */
export function meanOverTime(y: Tensor, lengths?: Tensor): Tensor {
  const [batchSize, time] = checkSequence('meanOverTime', y, lengths)
  if (lengths === undefined) return y.mean(1)
  const counts = clip(lengths, 0, time).reshape([batchSize, 1])
  const kept = where(less(iota(time), counts).reshape([batchSize, time, 1]), y, 0)
  return sum(kept, 1).div(clip(counts, 1, time).cast(y.dtype))
}

function checkSequence(
  name: string,
  y: Tensor,
  lengths: Tensor | undefined,
): [batchSize: number, time: number, size: number] {
  checkFloat(name, 'y', y)
  if (y.rank !== 3 || y.shape[1] === 0)
    refuse(
      name,
      `y has shape ${showShape(y.shape)}; it must be [batch, time, features] with at least one step`,
    )
  const [batchSize, time, size] = y.shape as [number, number, number]
  if (lengths !== undefined) checkLengths(name, lengths, batchSize)
  return [batchSize, time, size]
}
