import { add, cast, cos, full, less, maximum, minimum, mul, sub, where } from '@tapeloop/core'
import type { DType, Tensor } from '@tapeloop/core'
import { checkNumber, checkWhole } from './check.js'

/**
 * A hyper-parameter as a function of the number of updates done before this one (int32 `[]`, 0 at the first), written
 * with ops, so that a compiled training step never has to be traced again. Returns a scalar of `dtype`.
 */
export type Schedule = (step: Tensor, dtype: DType) => Tensor

/** The same value at every step. */
export function constant(value: number): Schedule {
  checkNumber('constant', 'the value', value)
  return (_step, dtype) => full(value, [], dtype)
}

/** How `linear` goes. */
export interface LinearOptions {
  readonly from: number
  readonly to: number
  /** The update at which `to` is reached, and then kept. */
  readonly steps: number
}

/** A straight line: `from + (to - from) · min(t / steps, 1)`. */
export function linear({ from, to, steps }: LinearOptions): Schedule {
  checkNumber('linear', 'from', from)
  checkNumber('linear', 'to', to)
  checkWhole('linear', 'steps', steps, 1)
  return (step, dtype) => add(mul(progress(step, 0, steps, dtype), to - from), from)
}

/** How `cosine` goes. */
export interface CosineOptions {
  /** The largest value, at the end of the warm-up. */
  readonly peak: number
  /** The value from update `steps` on; 0 unless said. */
  readonly floor?: number
  /** The update at which `floor` is reached, counted from the first one: the warm-up is a part of it. */
  readonly steps: number
  /** How many updates rise linearly to `peak`, as `peak · (t + 1) / (warmup + 1)`; 0 unless said. */
  readonly warmup?: number
}

/**
 * Half a cosine from `peak` down to `floor` (Loshchilov & Hutter, SGDR, 2017, eq. 5, without restarts), after a linear
 * warm-up: `floor + (peak - floor) · (1 + cos(π · p)) / 2`, with p the progress from the end of the warm-up to `steps`.
 *
 * @throws where the warm-up takes all of the steps
 */
export function cosine({ peak, floor = 0, steps, warmup = 0 }: CosineOptions): Schedule {
  checkNumber('cosine', 'peak', peak)
  checkNumber('cosine', 'floor', floor)
  checkWhole('cosine', 'warmup', warmup, 0)
  checkWhole('cosine', 'steps', steps, warmup + 1)
  return (step, dtype) => {
    const angle = mul(progress(step, warmup, steps, dtype), Math.PI)
    const falling = add(mul(add(cos(angle), 1), (peak - floor) / 2), floor)
    if (warmup === 0) return falling
    const rising = mul(add(cast(step, dtype), 1), peak / (warmup + 1))
    return where(less(step, warmup), rising, falling)
  }
}

/** How far `step` is on the way from one update to another: 0 before, 1 after. */
function progress(step: Tensor, from: number, to: number, dtype: DType): Tensor {
  return minimum(maximum(mul(cast(sub(step, from), dtype), 1 / (to - from)), 0), 1)
}
