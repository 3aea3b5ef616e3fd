import {
  equal,
  logSoftmax,
  logSumExp,
  not,
  pick,
  refuse,
  take,
  where,
  type DType,
  type Tensor,
} from '@tapeloop/core'
import { checkFloat, sameShape, showShape } from '../check.js'
import { checkReduction, describe, reduce, type LossOptions } from './reduction.js'

/** How losses of classes count their examples. */
export interface ClassOptions extends LossOptions {
  /** targets of this number count nowhere, not in the mean either */
  readonly ignoreIndex?: number
  /** `[classes]`: a weight for each class; the mean divides by the weights of the targets */
  readonly classWeights?: Tensor
}

/** How the cross entropy counts its examples. */
export interface CrossEntropyOptions extends ClassOptions {
  /** how much of the target's probability is spread evenly over all classes (Szegedy et al. 2016, section 7) */
  readonly labelSmoothing?: number
}

/**
 * −log softmax(logits)[target], in nats. logits `[…, classes]`; targets int32 `[…]`, or probabilities `[…, classes]` in
 * the dtype of the logits, whose mean divides by the number of examples. Computed from logits, so that no probability
 * underflows.
 *
 * @throws where shapes or dtypes do not fit, or a target is no class
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { reduction = 'mean', labelSmoothing = 0, classWeights } = options
  checkClasses('crossEntropy', logits, targets, options, 'logits')
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    refuse('crossEntropy', `labelSmoothing is ${labelSmoothing}; it must lie between 0 and 1`)
  if (targets.dtype !== 'int32') return reduce(softLosses(logits, targets, options), null, reduction)
  return ofClasses(targets, logits.dtype, options, (at, own) => {
    const losses = logSumExp(logits, -1).sub(at(logits))
    const weighted = own ? losses.mul(own) : losses
    if (labelSmoothing === 0) return weighted
    const logs = logSoftmax(logits)
    const spread = (classWeights ? logs.mul(classWeights) : logs).mean(-1).neg()
    return weighted.mul(1 - labelSmoothing).add(spread.mul(labelSmoothing))
  })
}

/**
 * −logProbabilities[target], in nats. logProbabilities `[…, classes]`, such as `logSoftmax` gives; targets int32 `[…]`.
 * `crossEntropy` of logits is the same in one step.
 *
 * @throws where shapes or dtypes do not fit, or a target is no class
 */
export function negativeLogLikelihood(
  logProbabilities: Tensor,
  targets: Tensor,
  options: ClassOptions = {},
): Tensor {
  checkClasses('negativeLogLikelihood', logProbabilities, targets, options, 'logProbabilities')
  return ofClasses(targets, logProbabilities.dtype, options, (at, own) => {
    const losses = at(logProbabilities).neg()
    return own ? losses.mul(own) : losses
  })
}

/**
 * Losses of classes, reduced. `lossesOf` gets a function that picks the element of the target from each row, and the
 * weights of the targets; what it says of targets to be ignored counts nowhere.
 */
function ofClasses(
  targets: Tensor,
  dtype: DType,
  { reduction = 'mean', ignoreIndex, classWeights }: ClassOptions,
  lossesOf: (at: (rows: Tensor) => Tensor, own: Tensor | null) => Tensor,
): Tensor {
  const counted = ignoreIndex === undefined ? null : not(equal(targets, ignoreIndex))
  const safe = counted ? where(counted, targets, 0) : targets
  const own = classWeights ? take(classWeights, safe) : null
  const losses = lossesOf((x) => pick(x, safe.reshape([...safe.shape, 1])).reshape(safe.shape), own)
  const weight = own ?? (counted && counted.cast(dtype))
  const weights = weight && counted ? where(counted, weight, 0) : weight
  return reduce(counted ? where(counted, losses, 0) : losses, weights, reduction)
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

/** Targets may be probabilities where x holds logits. */
function checkClasses(
  name: string,
  x: Tensor,
  targets: Tensor,
  { reduction = 'mean', ignoreIndex, classWeights }: ClassOptions,
  what: 'logits' | 'logProbabilities',
): void {
  checkReduction(name, reduction)
  checkFloat(name, `the ${what} tensor`, x)
  if (x.rank === 0) refuse(name, `${what} are a scalar; their last axis must be the classes`)
  const [rows, classes] = [x.shape.slice(0, -1), x.shape.at(-1)!]
  const maySoften = what === 'logits'
  const fits =
    targets.dtype === 'int32'
      ? sameShape(targets.shape, rows)
      : maySoften && targets.dtype === x.dtype && sameShape(targets.shape, x.shape)
  if (!fits) {
    const soft = maySoften ? ` or probabilities ${describe(x)}` : ''
    refuse(
      name,
      `targets are ${describe(targets)}; ${what} ${showShape(x.shape)} need classes int32 ${showShape(rows)}${soft}`,
    )
  }
  if (ignoreIndex !== undefined && targets.dtype !== 'int32')
    refuse(name, 'ignoreIndex needs targets that are classes, but these are probabilities; leave it out')
  if (classWeights && (classWeights.dtype !== x.dtype || !sameShape(classWeights.shape, [classes]))) {
    refuse(
      name,
      `classWeights are ${describe(classWeights)}; they must be ${x.dtype} [${classes}], one a class`,
    )
  }
}
