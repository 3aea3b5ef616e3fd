import { equal, logSoftmax, logSumExp, not, pick, refuse, take, where, type Tensor } from '@tapeloop/core'
import { checkFloat, sameShape, showShape } from './check.js'

const reductions = ['mean', 'sum', 'none'] as const

/** What becomes of the losses of the single examples. */
export type Reduction = (typeof reductions)[number]

/** How the cross entropy counts its examples. */
export interface CrossEntropyOptions {
  /** `mean` unless said */
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
 * the dtype of the logits, whose mean divides by the number of examples. Computed from logits, so that no probability
 * underflows.
 *
 * @throws where shapes or dtypes do not fit, or a target is no class
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { reduction = 'mean', labelSmoothing = 0, ignoreIndex, classWeights } = options
  checkCrossEntropy(logits, targets, options)
  if (targets.dtype !== 'int32') return reduce(softLosses(logits, targets, options), null, reduction)
  const counted = ignoreIndex === undefined ? null : not(equal(targets, ignoreIndex))
  const safe = counted ? where(counted, targets, 0) : targets
  const at = (x: Tensor) => pick(x, safe.reshape([...safe.shape, 1])).reshape(safe.shape)
  const own = classWeights ? take(classWeights, safe) : null
  let losses = logSumExp(logits, -1).sub(at(logits))
  if (own) losses = losses.mul(own)
  if (labelSmoothing > 0) {
    const logs = logSoftmax(logits)
    const spread = (classWeights ? logs.mul(classWeights) : logs).mean(-1).neg()
    losses = losses.mul(1 - labelSmoothing).add(spread.mul(labelSmoothing))
  }
  const weight = own ?? (counted && counted.cast(logits.dtype))
  const weights = weight && counted ? where(counted, weight, 0) : weight
  return reduce(counted ? where(counted, losses, 0) : losses, weights, reduction)
}

/**
 * (a − b)², averaged over all elements unless said. Shapes are equal: broadcasting here is nearly always a mistake.
 *
 * @throws where shapes or dtypes differ
 */
export function meanSquaredError(
  a: Tensor,
  b: Tensor,
  { reduction = 'mean' }: { readonly reduction?: Reduction } = {},
): Tensor {
  checkReduction('meanSquaredError', reduction)
  checkFloat('meanSquaredError', 'the first operand', a)
  if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) {
    refuse(
      'meanSquaredError',
      `the operands are ${describe(a)} and ${describe(b)}; give both the same shape and dtype`,
    )
  }
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

function checkCrossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions): void {
  const { reduction = 'mean', labelSmoothing = 0, ignoreIndex, classWeights } = options
  const name = 'crossEntropy'
  checkReduction(name, reduction)
  checkFloat(name, 'the logits tensor', logits)
  if (logits.rank === 0) refuse(name, 'logits are a scalar; their last axis must be the classes')
  const [rows, classes] = [logits.shape.slice(0, -1), logits.shape.at(-1)!]
  const fits =
    targets.dtype === 'int32'
      ? sameShape(targets.shape, rows)
      : targets.dtype === logits.dtype && sameShape(targets.shape, logits.shape)
  if (!fits) {
    refuse(
      name,
      `targets are ${describe(targets)}; logits ${showShape(logits.shape)} need classes int32 ${showShape(rows)} ` +
        `or probabilities ${describe(logits)}`,
    )
  }
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    refuse(name, `labelSmoothing is ${labelSmoothing}; it must lie between 0 and 1`)
  if (ignoreIndex !== undefined && targets.dtype !== 'int32')
    refuse(name, 'ignoreIndex needs targets that are classes, but these are probabilities; leave it out')
  if (classWeights && (classWeights.dtype !== logits.dtype || !sameShape(classWeights.shape, [classes]))) {
    refuse(
      name,
      `classWeights are ${describe(classWeights)}; they must be ${logits.dtype} [${classes}], one a class`,
    )
  }
}

function checkReduction(where: string, reduction: Reduction): void {
  if (!reductions.includes(reduction)) {
    refuse(where, `the reduction is ${String(reduction)}; it must be ${reductions.join(' or ')}`)
  }
}

function describe({ dtype, shape }: Tensor): string {
  return `${dtype} ${showShape(shape)}`
}
