import { abs, minimum, square, type Tensor } from '@tapeloop/core'
import { checkAlike, checkAmount, checkReduction, reduce, type LossOptions } from './reduction.js'

/**
 * (a − b)², averaged over all elements unless said. Shapes are equal.
 *
 * @throws where shapes or dtypes differ
 */
export function meanSquaredError(a: Tensor, b: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkReduction('meanSquaredError', reduction)
  checkAlike('meanSquaredError', a, b)
  return reduce(square(a.sub(b)), null, reduction)
}

/**
 * |a − b|, averaged over all elements unless said; its gradient is 0 where a = b. Shapes are equal.
 *
 * @throws where shapes or dtypes differ
 */
export function meanAbsoluteError(a: Tensor, b: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkReduction('meanAbsoluteError', reduction)
  checkAlike('meanAbsoluteError', a, b)
  return reduce(abs(a.sub(b)), null, reduction)
}

/**
 * Huber's loss (1964): `d² / 2` where d = |a − b| ≤ δ, else `δ·(d − δ / 2)`; averaged over all elements unless said.
 * δ is 1 unless said.
 *
 * @throws where shapes or dtypes differ, or δ is not above 0
 */
export function huberLoss(
  a: Tensor,
  b: Tensor,
  { delta = 1, reduction = 'mean' }: LossOptions & { readonly delta?: number } = {},
): Tensor {
  checkReduction('huberLoss', reduction)
  checkAlike('huberLoss', a, b)
  checkAmount('huberLoss', 'delta', delta, 'above 0')
  return reduce(huber(a, b, delta), null, reduction)
}

/**
 * The smooth L1 loss (Girshick 2015, eq. 3, where β = 1): `d² / (2β)` where d = |a − b| ≤ β, else `d − β / 2`, which is
 * Huber's loss divided by β; averaged over all elements unless said. β is 1 unless said.
 *
 * @throws where shapes or dtypes differ, or β is not above 0: that would be `meanAbsoluteError`
 */
export function smoothL1Loss(
  a: Tensor,
  b: Tensor,
  { beta = 1, reduction = 'mean' }: LossOptions & { readonly beta?: number } = {},
): Tensor {
  checkReduction('smoothL1Loss', reduction)
  checkAlike('smoothL1Loss', a, b)
  checkAmount('smoothL1Loss', 'beta', beta, 'above 0')
  return reduce(huber(a, b, beta).div(beta), null, reduction)
}

/** q·(d − q / 2) with q = min(d, δ) is both cases at once. */
function huber(a: Tensor, b: Tensor, delta: number): Tensor {
  const distance = abs(a.sub(b))
  const near = minimum(distance, delta)
  return near.mul(distance.sub(near.mul(0.5)))
}
