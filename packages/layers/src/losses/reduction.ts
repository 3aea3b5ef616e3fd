import { refuse, type Tensor } from '@tapeloop/core'
import { checkFloat, sameShape, showShape } from '../check.js'

const reductions = ['mean', 'sum', 'none'] as const

/** What becomes of the losses of the single examples. */
export type Reduction = (typeof reductions)[number]

/** What every loss can be told. */
export interface LossOptions {
  /** `mean` unless said */
  readonly reduction?: Reduction
}

/** The mean divides by the sum of the weights, where there are any. */
export function reduce(losses: Tensor, weights: Tensor | null, reduction: Reduction): Tensor {
  if (reduction === 'none') return losses
  const total = losses.sum()
  if (reduction === 'sum') return total
  return weights ? total.div(weights.sum()) : total.div(losses.size)
}

export function checkReduction(where: string, reduction: Reduction): void {
  if (!reductions.includes(reduction)) {
    refuse(where, `the reduction is ${String(reduction)}; it must be ${reductions.join(' or ')}`)
  }
}

/** Refuses operands that differ in shape or dtype, or are not float: broadcasting here is nearly always a mistake. */
export function checkAlike(where: string, a: Tensor, b: Tensor): void {
  checkFloat(where, 'the first operand', a)
  if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) {
    refuse(where, `the operands are ${describe(a)} and ${describe(b)}; give both the same shape and dtype`)
  }
}

/** Refuses anything but a finite number of at least 0, or above 0. */
export function checkAmount(where: string, name: string, value: number, bound: 'from 0' | 'above 0'): void {
  if (!Number.isFinite(value) || value < 0 || (value === 0 && bound === 'above 0'))
    refuse(where, `${name} is ${value}; it must be a finite number ${bound}`)
}

export function describe({ dtype, shape }: Tensor): string {
  return `${dtype} ${showShape(shape)}`
}
