import { add, cast, cos, less, mul, pow, sub, where, type Tensor } from '@tapeloop/core'
import { checkNumber, checkWhole } from '../check.js'
import { progress, type Schedule } from './schedule.js'

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
  return (step, dtype) => straight(from, to, progress(step, 0, steps, dtype))
}

/** How `polynomialDecay` goes. */
export interface PolynomialDecayOptions {
  readonly from: number
  /** The value from update `steps` on; 0 unless said. */
  readonly to?: number
  /** The update at which `to` is reached. */
  readonly steps: number
  /** 1, a straight line, unless said. */
  readonly power?: number
}

/** A power of what is left: `to + (from - to) · (1 - min(t / steps, 1))^power`. */
export function polynomialDecay({ from, to = 0, steps, power = 1 }: PolynomialDecayOptions): Schedule {
  checkNumber('polynomialDecay', 'from', from)
  checkNumber('polynomialDecay', 'to', to)
  checkWhole('polynomialDecay', 'steps', steps, 1)
  checkNumber('polynomialDecay', 'power', power, { minimum: 0 })
  return (step, dtype) => straight(to, from, pow(sub(1, progress(step, 0, steps, dtype)), power))
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
 * `cosineAnnealing` and `warmRestarts` go on after it.
 *
 * @throws where the warm-up takes all of the steps
 */
export function cosine({ peak, floor = 0, steps, warmup = 0 }: CosineOptions): Schedule {
  checkNumber('cosine', 'peak', peak)
  checkNumber('cosine', 'floor', floor)
  checkWhole('cosine', 'warmup', warmup, 0)
  checkWhole('cosine', 'steps', steps, warmup + 1)
  return (step, dtype) => {
    const falling = halfCosine(peak, floor, progress(step, warmup, steps, dtype))
    if (warmup === 0) return falling
    const rising = mul(add(cast(step, dtype), 1), peak / (warmup + 1))
    return where(less(step, warmup), rising, falling)
  }
}

/** `from` at p = 0, `to` at p = 1, and a straight line between. */
export function straight(from: number, to: number, p: Tensor): Tensor {
  return add(mul(p, to - from), from)
}

/** `from` at p = 0, `to` at p = 1, and half a cosine between. */
export function halfCosine(from: number, to: number, p: Tensor): Tensor {
  return add(mul(add(cos(mul(p, Math.PI)), 1), (from - to) / 2), to)
}
