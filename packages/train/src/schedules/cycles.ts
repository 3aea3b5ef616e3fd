import {
  cast,
  div,
  full,
  less,
  lessEqual,
  minimum,
  mul,
  pow,
  refuse,
  remainder,
  sub,
  where,
  type Tensor,
} from '@tapeloop/core'
import { checkNumber, checkWhole } from '../check.js'
import { halfCosine, straight } from './anneal.js'
import type { Schedule } from './schedule.js'

/** How `cosineAnnealing` goes. */
export interface CosineAnnealingOptions {
  readonly peak: number
  /** 0 unless said. */
  readonly floor?: number
  /** The update at which `floor` is reached; as many later, `peak` is again. */
  readonly halfPeriod: number
}

/** A cosine between `peak` and `floor` without end: `floor + (peak - floor) · (1 + cos(π · t / halfPeriod)) / 2`. */
export function cosineAnnealing({ peak, floor = 0, halfPeriod }: CosineAnnealingOptions): Schedule {
  checkNumber('cosineAnnealing', 'peak', peak)
  checkNumber('cosineAnnealing', 'floor', floor)
  checkWhole('cosineAnnealing', 'halfPeriod', halfPeriod, 1)
  // the remainder is exact, so that the angle stays so however long the training is
  return (step, dtype) =>
    halfCosine(peak, floor, div(cast(remainder(step, 2 * halfPeriod), dtype), halfPeriod))
}

/** How `warmRestarts` goes. */
export interface WarmRestartsOptions {
  readonly peak: number
  /** 0 unless said. */
  readonly floor?: number
  /** How many updates the first fall takes. */
  readonly period: number
  /** How many times as long as the last each further fall is: a whole number, 1 unless said. */
  readonly growth?: number
}

/**
 * Half a cosine from `peak` towards `floor` that begins again whenever it is done (Loshchilov & Hutter, SGDR, 2017,
 * eq. 5): `floor + (peak - floor) · (1 + cos(π · s / T)) / 2`, with s the updates since the last restart, of T.
 */
export function warmRestarts({ peak, floor = 0, period, growth = 1 }: WarmRestartsOptions): Schedule {
  checkNumber('warmRestarts', 'peak', peak)
  checkNumber('warmRestarts', 'floor', floor)
  checkWhole('warmRestarts', 'period', period, 1)
  checkWhole('warmRestarts', 'growth', growth, 1)
  return (step, dtype) => {
    if (growth === 1) return halfCosine(peak, floor, div(cast(remainder(step, period), dtype), period))
    let [start, length] = [full(0, [], 'int32'), full(period, [], 'int32')]
    // the lengths grow geometrically: few fit in the whole numbers that a step can be
    for (let at = period, next = period * growth; at + next < 2 ** 31; at += next, next *= growth) {
      const reached = lessEqual(at, step)
      start = where(reached, at, start)
      length = where(reached, next, length)
    }
    return halfCosine(peak, floor, div(cast(sub(step, start), dtype), cast(length, dtype)))
  }
}

const modes = ['triangular', 'triangular2', 'exponential'] as const

/** How `cyclic` goes. */
export interface CyclicOptions {
  readonly floor: number
  readonly peak: number
  /** How many updates the way up takes. */
  readonly rise: number
  /** How many updates the way down takes; as many as up unless said. */
  readonly fall?: number
  /** The height is the same for all cycles, half of the last, or less by `factor` at each update; triangular unless said. */
  readonly mode?: (typeof modes)[number]
  /** For the mode exponential. */
  readonly factor?: number
}

/**
 * Straight lines from `floor` up to `peak` and down again (Smith 2017, section 3): triangular, triangular2, in which
 * each peak is half as high above the floor as the one before, or exponential, with height `factor^t`.
 *
 * @throws where the mode is unknown, or its factor is missing
 */
export function cyclic(options: CyclicOptions): Schedule {
  const { floor, peak, rise, fall = rise, mode = 'triangular', factor } = options
  checkNumber('cyclic', 'floor', floor)
  checkNumber('cyclic', 'peak', peak)
  checkWhole('cyclic', 'rise', rise, 1)
  checkWhole('cyclic', 'fall', fall, 1)
  if (!modes.includes(mode)) refuse('cyclic', `mode is ${String(mode)}; it must be ${modes.join(' or ')}`)
  if ((mode === 'exponential') !== (factor !== undefined))
    refuse('cyclic', `mode is ${mode} and factor is ${factor}; the factor belongs to the mode exponential`)
  if (factor !== undefined) checkNumber('cyclic', 'factor', factor, { minimum: 0 })
  const length = rise + fall
  return (step, dtype) => {
    const within = remainder(step, length)
    const up = div(cast(within, dtype), rise)
    const down = div(cast(sub(length, within), dtype), fall)
    const height = minimum(up, down)
    const cycles = div(cast(sub(step, within), dtype), length)
    if (mode === 'triangular2') return straight(floor, peak, mul(height, pow(0.5, cycles)))
    return straight(floor, peak, factor === undefined ? height : mul(height, pow(factor, cast(step, dtype))))
  }
}

const anneals = { cosine: halfCosine, linear: straight } as const

/** How `oneCycle` goes. */
export interface OneCycleOptions {
  readonly peak: number
  /** The value at the first update; a 25th of the peak unless said. */
  readonly initial?: number
  /** The value at the last update, and after; a 10,000th of `initial` unless said. */
  readonly final?: number
  /** How many updates there are. */
  readonly steps: number
  /** The part of them in which the value rises; 0.3 unless said. */
  readonly warmupFraction?: number
  /** The form of the ways; cosine unless said. */
  readonly anneal?: keyof typeof anneals
  /** Fall to `initial` first, as slowly as the value rose, and only then to `final`; false unless said. */
  readonly threePhase?: boolean
}

/**
 * One cycle (Smith & Topin 2018), as PyTorch has it: from `initial` up to `peak` at update `warmupFraction · steps - 1`,
 * and down to `final` at update `steps - 1`. The momentum that goes with a learning rate is a cycle upside down:
 * `oneCycle({ initial: 0.95, peak: 0.85, final: 0.95, steps })`.
 *
 * @throws where a phase has no length
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { peak, initial = peak / 25, final = initial / 1e4, steps } = options
  const { warmupFraction = 0.3, anneal = 'cosine', threePhase = false } = options
  checkNumber('oneCycle', 'peak', peak)
  checkNumber('oneCycle', 'initial', initial)
  checkNumber('oneCycle', 'final', final)
  checkWhole('oneCycle', 'steps', steps, 2)
  checkNumber('oneCycle', 'warmupFraction', warmupFraction, { minimum: 0, below: 1 })
  if (!Object.hasOwn(anneals, anneal))
    refuse('oneCycle', `anneal is ${String(anneal)}; it must be ${Object.keys(anneals).join(' or ')}`)
  const rise = warmupFraction * steps - 1
  const [ends, values] = threePhase
    ? [
        [0, rise, 2 * rise, steps - 1],
        [initial, peak, initial, final],
      ]
    : [
        [0, rise, steps - 1],
        [initial, peak, final],
      ]
  if (ends.some((end, i) => i > 0 && end <= ends[i - 1]!)) {
    refuse(
      'oneCycle',
      `with ${steps} steps and a warmupFraction of ${warmupFraction} the phases end at ${ends.slice(1).join(', ')}; ` +
        'choose others, so that each is later than the one before and the first after 0',
    )
  }
  return (step, dtype) => {
    const t = cast(step, dtype)
    const phase = (i: number): Tensor => {
      const [from, to] = [ends[i]!, ends[i + 1]!]
      return anneals[anneal](values[i]!, values[i + 1]!, minimum(div(sub(t, from), to - from), 1))
    }
    return ends.slice(1, -1).reduce((value, end, i) => where(less(end, t), phase(i + 1), value), phase(0))
  }
}
