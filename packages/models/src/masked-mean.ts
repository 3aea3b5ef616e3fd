import { iota, less, maximum, where, type Tensor } from '@tapeloop/core'

/**
 * The mean of numbers `[batch, time]` over the first `lengths` int32 `[batch]` of each row, and how many those are. What
 * stands behind them is no matter; where nothing counts, the mean is 0.
 */
export function maskedMean(
  values: Tensor,
  lengths: Tensor,
): { readonly mean: Tensor; readonly weight: Tensor } {
  const counts = less(iota(values.shape[1]!), lengths.reshape([-1, 1])) // [batch, time]
  const weight = lengths.sum().cast(values.dtype)
  // a batch of padding alone has nothing to predict
  return { mean: where(counts, values, 0).sum().div(maximum(weight, 1)), weight }
}
