import { add, cosineSimilarity, less, mul, norm, refuse, relu, sub, where, type Tensor } from '@tapeloop/core'
import { sameShape } from '../check.js'
import { checkAlike, checkAmount, checkReduction, describe, reduce, type LossOptions } from './reduction.js'

/** What losses with a margin can be told. */
export interface MarginOptions extends LossOptions {
  readonly margin?: number
}

/**
 * max(0, −t·(a − b) + margin): a is to be larger than b where t is 1, and smaller where t is −1. Averaged over all
 * elements unless said; the margin is 0 unless said. All three have one shape.
 *
 * @throws where shapes or dtypes differ
 */
export function marginRankingLoss(
  a: Tensor,
  b: Tensor,
  targets: Tensor,
  { margin = 0, reduction = 'mean' }: MarginOptions = {},
): Tensor {
  checkReduction('marginRankingLoss', reduction)
  checkAlike('marginRankingLoss', a, b)
  checkAlike('marginRankingLoss', a, targets)
  return reduce(relu(add(mul(targets, sub(b, a)), margin)), null, reduction)
}

/**
 * With the cosine c of the angle between a and b along the last axis: 1 − c where the target is 1, and max(0, c − margin)
 * where it is −1. a and b `[…, size]`, targets `[…]` in their dtype. Averaged unless said; the margin is 0 unless said.
 *
 * @throws where shapes or dtypes do not fit
 */
export function cosineEmbeddingLoss(
  a: Tensor,
  b: Tensor,
  targets: Tensor,
  { margin = 0, reduction = 'mean' }: MarginOptions = {},
): Tensor {
  const name = 'cosineEmbeddingLoss'
  checkReduction(name, reduction)
  checkAlike(name, a, b)
  checkVectors(name, a)
  if (targets.dtype !== a.dtype || !sameShape(targets.shape, a.shape.slice(0, -1)))
    refuse(
      name,
      `targets are ${describe(targets)}; vectors ${describe(a)} need one target each, in their dtype`,
    )
  const similarity = cosineSimilarity(a, b)
  const losses = where(less(0, targets), sub(1, similarity), relu(sub(similarity, margin)))
  return reduce(losses, null, reduction)
}

/**
 * max(0, d(anchor, positive) − d(anchor, negative) + margin), with d the norm of the difference along the last axis
 * (Schroff, Kalenichenko & Philbin 2015 with squares; without, as Balntas et al. 2016). All three `[…, size]`. Averaged
 * unless said; the margin is 1 unless said.
 *
 * @param options `order` of the norm, 2 unless said; `epsilon`, 1e-6 unless said, is added to each difference
 * @throws where shapes or dtypes differ
 */
export function tripletMarginLoss(
  anchors: Tensor,
  positives: Tensor,
  negatives: Tensor,
  {
    margin = 1,
    order = 2,
    epsilon = 1e-6,
    reduction = 'mean',
  }: MarginOptions & { readonly order?: number; readonly epsilon?: number } = {},
): Tensor {
  const name = 'tripletMarginLoss'
  checkReduction(name, reduction)
  checkAlike(name, anchors, positives)
  checkAlike(name, anchors, negatives)
  checkVectors(name, anchors)
  checkAmount(name, 'epsilon', epsilon, 'from 0')
  const distance = (other: Tensor) => norm(add(sub(anchors, other), epsilon), -1, { order })
  return reduce(relu(add(sub(distance(positives), distance(negatives)), margin)), null, reduction)
}

function checkVectors(name: string, x: Tensor): void {
  if (x.rank === 0) refuse(name, 'the operands are scalars; their last axis must be that of the vectors')
}
