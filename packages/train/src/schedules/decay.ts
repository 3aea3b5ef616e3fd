import {
  add,
  cast,
  div,
  full,
  lessEqual,
  minimum,
  mul,
  pow,
  refuse,
  remainder,
  sqrt,
  sub,
  type Tensor,
} from '@tapeloop/core'
import { checkNumber, checkWhole } from '../check.js'
import type { Schedule } from './schedule.js'

/** How `stepDecay` goes. */
export interface StepDecayOptions {
  readonly from: number
  /** 0.1 unless said. */
  readonly factor?: number
  /** How many updates there are between multiplications by the factor. */
  readonly every: number
}

/** Stairs of equal length: `from · factor^⌊t / every⌋`. */
export function stepDecay({ from, factor = 0.1, every }: StepDecayOptions): Schedule {
  checkNumber('stepDecay', 'from', from)
  checkNumber('stepDecay', 'factor', factor, { minimum: 0 })
  checkWhole('stepDecay', 'every', every, 1)
  return (step, dtype) => {
    const stairs = div(cast(sub(step, remainder(step, every)), dtype), every)
    return mul(pow(factor, stairs), from)
  }
}

/** How `multiStepDecay` goes. */
export interface MultiStepDecayOptions {
  readonly from: number
  /** 0.1 unless said. */
  readonly factor?: number
  /** The updates from which on one more factor counts, in rising order. */
  readonly milestones: readonly number[]
}

/** Stairs of chosen lengths: `from · factor^n`, where n milestones are reached. */
export function multiStepDecay({ from, factor = 0.1, milestones }: MultiStepDecayOptions): Schedule {
  checkNumber('multiStepDecay', 'from', from)
  checkNumber('multiStepDecay', 'factor', factor, { minimum: 0 })
  checkMilestones('multiStepDecay', milestones)
  return (step, dtype) => {
    const reached = milestones.map((milestone) => cast(lessEqual(milestone, step), dtype))
    return mul(pow(factor, reached.reduce<Tensor>(add, full(0, [], dtype))), from)
  }
}

/** How `exponentialDecay` goes. */
export interface ExponentialDecayOptions {
  readonly from: number
  readonly factor: number
  /** After how many updates the factor is reached; 1 unless said. */
  readonly every?: number
}

/** `from · factor^(t / every)`. */
export function exponentialDecay({ from, factor, every = 1 }: ExponentialDecayOptions): Schedule {
  checkNumber('exponentialDecay', 'from', from)
  checkNumber('exponentialDecay', 'factor', factor, { minimum: 0 })
  checkWhole('exponentialDecay', 'every', every, 1)
  return (step, dtype) => mul(pow(factor, div(cast(step, dtype), every)), from)
}

/** How `inverseSquareRoot` goes. */
export interface InverseSquareRootOptions {
  /** The largest value, at update `warmup - 1`, which is the last of the warm-up. */
  readonly peak: number
  readonly warmup: number
}

/**
 * A linear warm-up, then the inverse square root of the update (Vaswani et al. 2017, section 5.3):
 * `peak · min((t + 1) / warmup, √(warmup / (t + 1)))`.
 */
export function inverseSquareRoot({ peak, warmup }: InverseSquareRootOptions): Schedule {
  checkNumber('inverseSquareRoot', 'peak', peak)
  checkWhole('inverseSquareRoot', 'warmup', warmup, 1)
  return (step, dtype) => {
    const part = div(add(cast(step, dtype), 1), warmup)
    return mul(minimum(part, div(1, sqrt(part))), peak)
  }
}

/** Refuses milestones that are not whole numbers from 1 in rising order. */
export function checkMilestones(where: string, milestones: readonly number[]): void {
  milestones.forEach((milestone, i) => {
    checkWhole(where, `milestones[${i}]`, milestone, 1)
    if (i > 0 && milestone <= milestones[i - 1]!)
      refuse(
        where,
        `milestones[${i}] is ${milestone}, after ${milestones[i - 1]}; put them in rising order, each once`,
      )
  })
}
