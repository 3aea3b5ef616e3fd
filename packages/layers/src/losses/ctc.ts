import {
  add,
  and,
  broadcastTo,
  concat,
  div,
  equal,
  full,
  iota,
  less,
  logAddExp,
  logSoftmax,
  logSumExp,
  maximum,
  moveAxis,
  mul,
  neg,
  not,
  pick,
  refuse,
  reshape,
  scan,
  sliceAxis,
  stack,
  sub,
  where,
  type Shape,
  type Tensor,
} from '@tapeloop/core'
import { checkFloat, sameShape, showShape } from '../check.js'
import { checkReduction, describe, reduce, type LossOptions } from './reduction.js'

/** What connectionist temporal classification can be told. */
export interface CtcOptions extends LossOptions {
  /** int32 `[batch]`: how many steps of each sequence count, at most all; all unless given */
  readonly inputLengths?: Tensor
  /** int32 `[batch]`: how many targets of each sequence count, 0 too; all unless given. What the others are is no matter */
  readonly targetLengths?: Tensor
  /** the class that stands for no target, and is none; 0 unless said */
  readonly blank?: number
  /** let sequences that are too short for their targets count 0 instead of Infinity; false unless said */
  readonly zeroInfinity?: boolean
}

/**
 * Connectionist temporal classification (Graves, Fernández, Gomez & Schmidhuber 2006, section 4.1): −ln of the
 * probability that the sequence is an alignment of its targets, which means that they are left when repetitions are
 * merged and then blanks removed. logits `[batch, time, classes]`, targets int32 `[batch, count]`. Such a sum over all
 * alignments is a loop over time, here of logarithms, so that no probability underflows:
 * `α_t(s) = ln(e^α(s) + e^α(s-1) + [skip] e^α(s-2)) + ln p_t(l_s)` over the targets l with blanks around each, where
 * skip holds for targets that differ from the one before.
 *
 * @param options `mean` (unless said) is that of each loss divided by its number of targets, 1 at least
 * @returns in nats: a scalar, or `[batch]` where the reduction is none; Infinity, with gradient 0, where there is no
 *   alignment
 * @throws where shapes or dtypes do not fit, or a target is no class
 */
export function ctcLoss(logits: Tensor, targets: Tensor, options: CtcOptions = {}): Tensor {
  const { inputLengths, targetLengths, blank = 0, zeroInfinity = false, reduction = 'mean' } = options
  checkCtc(logits, targets, options)
  const [batch, count] = targets.shape as [number, number]
  const steps = logits.shape[1]!
  const lengths = targetLengths ?? full(count, [batch], 'int32')
  const labels = withBlanks(targets, lengths, blank)
  const before = shifted(labels, 2, blank)
  const maySkip = and(not(equal(labels, blank)), not(equal(labels, before)))
  const width = labels.shape[1]!
  const isFirst = broadcastTo(equal(iota(width), 0), [batch, width])
  const start = where(isFirst, full(0, [batch, width], logits.dtype), -Infinity)
  const ends = reshape(inputLengths ?? full(steps, [batch], 'int32'), [batch, 1])
  const [alpha] = scan(
    (alpha: Tensor, { logs, step }: { logs: Tensor; step: Tensor }) => {
      const skipped = where(maySkip, shifted(alpha, 2, -Infinity), -Infinity)
      const ways = logSumExp(stack([alpha, shifted(alpha, 1, -Infinity), skipped]), 0)
      return [where(less(step, ends), add(ways, pick(logs, labels)), alpha), {}]
    },
    start,
    { logs: moveAxis(logSoftmax(logits), 1, 0), step: iota(steps) },
  )
  // an alignment ends with the last target or the blank after it; without targets there is the blank alone
  const last = reshape(mul(lengths, 2), [batch, 1])
  const lastTarget = where(less(0, last), pick(alpha, maximum(sub(last, 1), 0)), -Infinity)
  const losses = neg(reshape(logAddExp(pick(alpha, last), lastTarget), [batch]))
  const finite = zeroInfinity ? where(equal(losses, Infinity), 0, losses) : losses
  if (reduction !== 'mean') return reduce(finite, null, reduction)
  return reduce(div(finite, maximum(lengths, 1).cast(logits.dtype)), null, 'mean')
}

/** A blank before, between and after the targets, and in the place of those that do not count: `[batch, 2·count + 1]`. */
function withBlanks(targets: Tensor, lengths: Tensor, blank: number): Tensor {
  const [batch, count] = targets.shape as [number, number]
  const isTarget = less(broadcastTo(iota(count), [batch, count]), reshape(lengths, [batch, 1]))
  const pairs = stack([full(blank, [batch, count], 'int32'), where(isTarget, targets, blank)], -1)
  return concat([reshape(pairs, [batch, 2 * count]), full(blank, [batch, 1], 'int32')], 1)
}

/** What was so many places to the left, and `filler` where there is nothing. */
function shifted(x: Tensor, places: number, filler: number): Tensor {
  const [batch, width] = x.shape as [number, number]
  return concat([full(filler, [batch, places], x.dtype), sliceAxis(x, 1, 0, width - places)], 1)
}

function checkCtc(logits: Tensor, targets: Tensor, options: CtcOptions): void {
  const { inputLengths, targetLengths, blank = 0, reduction = 'mean' } = options
  const name = 'ctcLoss'
  checkReduction(name, reduction)
  checkFloat(name, 'the logits tensor', logits)
  if (logits.rank !== 3 || logits.shape[1] === 0)
    refuse(
      name,
      `logits have shape ${showShape(logits.shape)}; they must be [batch, time, classes], with a step at least`,
    )
  const [batch, , classes] = logits.shape as [number, number, number]
  if (
    targets.dtype !== 'int32' ||
    targets.rank !== 2 ||
    targets.shape[0] !== batch ||
    targets.shape[1] === 0
  ) {
    refuse(
      name,
      `targets are ${describe(targets)}; logits ${showShape(logits.shape)} need int32 [${batch}, count], with a count from 1`,
    )
  }
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes)
    refuse(name, `blank is ${blank}; it must be one of the ${classes} classes, from 0`)
  const shape: Shape = [batch]
  for (const [option, given] of Object.entries({ inputLengths, targetLengths })) {
    if (given && (given.dtype !== 'int32' || !sameShape(given.shape, shape)))
      refuse(name, `${option} are ${describe(given)}; they must be int32 [${batch}], one a sequence`)
  }
}
