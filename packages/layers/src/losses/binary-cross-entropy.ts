import {
  abs,
  add,
  exp,
  less,
  log,
  log1p,
  maximum,
  mul,
  neg,
  refuse,
  sub,
  where,
  type Tensor,
} from '@tapeloop/core'
import { checkAlike, checkReduction, describe, reduce, type LossOptions } from './reduction.js'

/** How binary cross entropies count their elements. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /** what the loss of each element is multiplied by; it broadcasts, and the mean still divides by the number of elements */
  readonly weight?: Tensor
}

/**
 * −[t·ln σ(x) + (1 − t)·ln(1 − σ(x))] of logits x and targets t from 0 to 1, both of the same shape, in nats, averaged
 * over all elements unless said. Computed from logits, so that no probability underflows.
 *
 * @param options `positiveWeight` multiplies t: above 1 for classes of which there are few; it broadcasts
 * @throws where shapes or dtypes do not fit
 */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  targets: Tensor,
  options: BinaryCrossEntropyOptions & { readonly positiveWeight?: Tensor } = {},
): Tensor {
  const { reduction = 'mean', weight, positiveWeight } = options
  const name = 'binaryCrossEntropyWithLogits'
  checkReduction(name, reduction)
  checkAlike(name, logits, targets)
  checkWeight(name, 'weight', weight, logits)
  checkWeight(name, 'positiveWeight', positiveWeight, logits)
  const positive = positiveWeight ? mul(targets, positiveWeight) : targets
  const negative = sub(1, targets)
  // −ln σ(x) = max(−x, 0) + rest, and −ln(1 − σ(x)) = max(x, 0) + rest: neither is a small difference
  const rest = log1p(exp(neg(abs(logits))))
  const losses = add(
    mul(positive, add(maximum(neg(logits), 0), rest)),
    mul(negative, add(maximum(logits, 0), rest)),
  )
  return reduce(weight ? mul(losses, weight) : losses, null, reduction)
}

/**
 * −[t·ln p + (1 − t)·ln(1 − p)] of probabilities p and targets t from 0 to 1, both of the same shape, in nats, averaged
 * over all elements unless said. No logarithm counts as less than −100, and then has gradient 0, as a probability of
 * exactly 0 or 1 could otherwise make the loss infinite; `binaryCrossEntropyWithLogits` has no such bound.
 *
 * @throws where shapes or dtypes do not fit
 */
export function binaryCrossEntropy(
  probabilities: Tensor,
  targets: Tensor,
  { reduction = 'mean', weight }: BinaryCrossEntropyOptions = {},
): Tensor {
  checkReduction('binaryCrossEntropy', reduction)
  checkAlike('binaryCrossEntropy', probabilities, targets)
  checkWeight('binaryCrossEntropy', 'weight', weight, probabilities)
  const positive = mul(targets, boundedLog(probabilities))
  const negative = mul(sub(1, targets), boundedLog(sub(1, probabilities)))
  const losses = neg(add(positive, negative))
  return reduce(weight ? mul(losses, weight) : losses, null, reduction)
}

/** max(ln p, −100), with gradient 0 where −100 is the larger one. */
function boundedLog(p: Tensor): Tensor {
  const isBelow = less(p, Math.exp(-100))
  return where(isBelow, -100, log(where(isBelow, 1, p)))
}

/** Refuses weights that do not broadcast to the shape of what they weigh. */
function checkWeight(name: string, option: string, weight: Tensor | undefined, like: Tensor): void {
  if (weight === undefined) return
  const axes = like.shape.slice(Math.max(0, like.rank - weight.rank))
  const fits =
    weight.rank <= like.rank && weight.shape.every((extent, axis) => extent === 1 || extent === axes[axis])
  if (weight.dtype !== like.dtype || !fits)
    refuse(
      name,
      `${option} is ${describe(weight)}, which does not broadcast to ${describe(like)}; reshape or cast it`,
    )
}
