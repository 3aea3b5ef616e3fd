import { equal, logSoftmax, logSumExp, not, pick, refuse, take, where, type Tensor } from '@tapeloop/core'

/** What becomes of the losses of the single examples. */
export type Reduction = 'mean' | 'sum' | 'none'

export interface CrossEntropyOptions {
  readonly reduction?: Reduction
  /** how much of the target's probability is spread evenly over all classes (Szegedy et al. 2016, section 7) */
  readonly labelSmoothing?: number
  /** targets of this number count nowhere, not in the mean either */
  readonly ignoreIndex?: number
  /** `[classes]`: a weight for each class; the mean divides by the weights of the targets */
  readonly classWeights?: Tensor
}

/**
 * −log softmax(logits)[target], in nats. logits `[…, classes]`; targets int32 `[…]`, or probabilities `[…, classes]` in
 * the dtype of the logits. Computed from logits, so that no probability underflows.
 *
 * @throws where the shapes do not fit
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { reduction = 'mean', labelSmoothing = 0, ignoreIndex, classWeights } = options
  if (targets.dtype !== 'int32') return reduce(softLosses(logits, targets, options), null, reduction)
  const rows = logits.shape.slice(0, -1)
  if (targets.rank !== rows.length || rows.some((extent, axis) => extent !== targets.shape[axis])) {
    refuse(
      'crossEntropy',
      `logits [${logits.shape.join(', ')}] need targets [${rows.join(', ')}], but they are [${targets.shape.join(', ')}]`,
    )
  }
  const counted = ignoreIndex === undefined ? null : not(equal(targets, ignoreIndex))
  const safe = counted ? where(counted, targets, 0) : targets
  const at = (x: Tensor) => pick(x, safe.reshape([...safe.shape, 1])).reshape(safe.shape)
  const own = classWeights ? take(classWeights, safe) : null
  let losses = logSumExp(logits, -1).sub(at(logits))
  if (own) losses = losses.mul(own)
  if (labelSmoothing > 0) {
    const classes = logits.shape.at(-1)!
    const logs = logSoftmax(logits)
    const spread = (classWeights ? logs.mul(classWeights) : logs).sum(-1).neg()
    losses = losses.mul(1 - labelSmoothing).add(spread.mul(labelSmoothing / classes))
  }
  const weight = own ?? (counted && counted.cast(logits.dtype))
  const weights = weight && counted ? where(counted, weight, 0) : weight
  return reduce(counted ? where(counted, losses, 0) : losses, weights, reduction)
}

/** (a − b)², averaged over all elements unless said. */
export function meanSquaredError(
  a: Tensor,
  b: Tensor,
  { reduction = 'mean' }: { readonly reduction?: Reduction } = {},
): Tensor {
  const difference = a.sub(b)
  return reduce(difference.mul(difference), null, reduction)
}

function softLosses(
  logits: Tensor,
  targets: Tensor,
  { labelSmoothing = 0, classWeights }: CrossEntropyOptions,
): Tensor {
  const classes = logits.shape.at(-1)!
  const smooth = labelSmoothing > 0 ? targets.mul(1 - labelSmoothing).add(labelSmoothing / classes) : targets
  const logs = logSoftmax(logits)
  return smooth
    .mul(classWeights ? logs.mul(classWeights) : logs)
    .sum(-1)
    .neg()
}

/** The mean divides by the sum of the weights, where there are any. */
function reduce(losses: Tensor, weights: Tensor | null, reduction: Reduction): Tensor {
  if (reduction === 'none') return losses
  const total = losses.sum()
  if (reduction === 'sum') return total
  return weights ? total.div(weights.sum()) : total.div(losses.size)
}
