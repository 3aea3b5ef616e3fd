import { maximum, refuse, type Tensor } from '@tapeloop/core'

/**
 * The loss of quantiles (Koenker & Bassett 1978): of a number that lies d above the forecast of its quantile q, q·d; of one
 * that lies d below, (1 − q)·d. Forecasts `[…, quantiles]`, numbers `[…]`, quantiles `[quantiles]` → `[…]`, means over
 * the quantiles.
 */
export function quantileLosses(forecasts: Tensor, y: Tensor, quantiles: Tensor): Tensor {
  const above = y.reshape([...y.shape, 1]).sub(forecasts)
  return maximum(above.mul(quantiles), above.mul(quantiles.sub(1))).mean(-1)
}

/** Refuses quantiles that are not ascending numbers between 0 and 1. */
export function checkQuantiles(where: string, quantiles: readonly number[]): void {
  const wrong = quantiles.findIndex((q, i) => !(q > (quantiles[i - 1] ?? 0) && q < 1))
  if (wrong >= 0) {
    refuse(where, `quantiles are ${quantiles.join(', ')}; they must ascend and lie between 0 and 1`)
  }
}
