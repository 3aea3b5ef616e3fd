import {
  add,
  exp,
  expandDims,
  logSoftmax,
  logSumExp,
  mul,
  refuse,
  sliceAxis,
  square,
  sub,
} from '@tapeloop/core'
import type { Tensor } from '@tapeloop/core'
import { checkFloat, sameShape, showShape } from '../check.js'
import { checkReduction, describe, reduce, type LossOptions } from './reduction.js'

/** A mixture of normal distributions, the coordinates of each independent: `[…, components]`, `[…, components, size]`. */
export type Mixture = {
  /** how likely each component is: a softmax makes probabilities of them */
  readonly logits: Tensor
  readonly means: Tensor
  /** logarithms of the standard deviations */
  readonly logDeviations: Tensor
}

/**
 * What a layer puts out, `[…, components · (1 + 2 · size)]`, as a mixture of vectors of `size` numbers: first the logits of
 * all components, then their means, then the logarithms of their standard deviations.
 *
 * @throws where the last axis is no such product
 */
export function splitMixture(outputs: Tensor, size: number): Mixture {
  return split('splitMixture', outputs, size)
}

/**
 * The loss of a mixture density network (Bishop 1994, "Mixture density networks"): −ln of the density of the targets
 * `[…, size]` under the mixture that `splitMixture` makes of the outputs `[…, components · (1 + 2 · size)]`, in nats, as a
 * sum of logarithms, so that targets far from all means have a gradient, too. Averaged over all targets unless said.
 *
 * @throws where shapes or dtypes do not fit
 */
export function mixtureDensityLoss(
  outputs: Tensor,
  targets: Tensor,
  { reduction = 'mean' }: LossOptions = {},
): Tensor {
  const name = 'mixtureDensityLoss'
  checkReduction(name, reduction)
  checkFloat(name, 'the outputs', outputs)
  const size = targets.shape.at(-1) ?? 0
  if (outputs.dtype !== targets.dtype || !sameShape(outputs.shape.slice(0, -1), targets.shape.slice(0, -1))) {
    refuse(
      name,
      `the outputs are ${describe(outputs)} and the targets ${describe(targets)}; make them equal but for the last axis`,
    )
  }
  const { logits, means, logDeviations } = split(name, outputs, size)
  const distances = mul(sub(expandDims(targets, -2), means), exp(logDeviations.neg())) // [..., components, size]
  const logDensities = add(mul(square(distances), -0.5), sub(-Math.log(2 * Math.PI) / 2, logDeviations)).sum(
    -1,
  )
  return reduce(logSumExp(add(logSoftmax(logits), logDensities), -1).neg(), null, reduction)
}

function split(where: string, outputs: Tensor, size: number): Mixture {
  const features = outputs.shape.at(-1) ?? 0
  const count = features / (1 + 2 * size)
  if (!Number.isInteger(size) || size < 1 || !Number.isInteger(count) || count < 1) {
    refuse(
      where,
      `the outputs have shape ${showShape(outputs.shape)}; for targets of ${size} numbers the last axis must be ` +
        `${1 + 2 * size} for each component`,
    )
  }
  const part = (from: number, to: number) => sliceAxis(outputs, outputs.rank - 1, from, to)
  const shape = [...outputs.shape.slice(0, -1), count, size]
  return {
    logits: part(0, count),
    means: part(count, count * (1 + size)).reshape(shape),
    logDeviations: part(count * (1 + size), features).reshape(shape),
  }
}
