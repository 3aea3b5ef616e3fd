import { max, mean, pad, refuse, unfold, type Tensor } from '@tapeloop/core'
import { checkFloat, checkSizes, showShape } from './check.js'

/** Windows of time: their size, the distance of one from the next, and how many steps are added at both ends. */
export interface PoolOptions {
  readonly size: number
  /** as far as a window is long unless said */
  readonly stride?: number
  /** 0 unless said; what is added is never the largest, and counts as 0 in an average */
  readonly padding?: number
}

/**
 * The largest of each feature in every window of steps: x `[batch, time, features]` → `[batch, windows, features]`.
 *
 * @throws where x has another rank, or a size is not a whole number
 */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  return max(windowsOf('maxPool', x, options, -Infinity), -1)
}

/**
 * The mean of each feature in every window of steps: x `[batch, time, features]` → `[batch, windows, features]`.
 *
 * @throws where x has another rank, or a size is not a whole number
 */
export function averagePool(x: Tensor, options: PoolOptions): Tensor {
  return mean(windowsOf('averagePool', x, options, 0), -1)
}

function windowsOf(
  name: string,
  x: Tensor,
  { size, stride = size, padding = 0 }: PoolOptions,
  value: number,
): Tensor {
  checkFloat(name, 'x', x)
  checkSizes(name, { size, stride })
  if (x.rank !== 3) refuse(name, `x has shape ${showShape(x.shape)}; it must be [batch, time, features]`)
  // a window of nothing but padding would have no largest number
  if (!Number.isInteger(padding) || padding < 0 || padding >= size)
    refuse(name, `padding is ${padding}; it must be a whole number from 0 and below the size ${size}`)
  return unfold(
    pad(
      x,
      [
        [0, 0],
        [padding, padding],
        [0, 0],
      ],
      { value },
    ),
    { axis: 1, size, step: stride },
  )
}
