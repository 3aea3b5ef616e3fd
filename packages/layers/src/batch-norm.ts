import {
  mean,
  refuse,
  sqrt,
  standardize,
  variance,
  zeros,
  ones,
  type DType,
  type Tensor,
} from '@tapeloop/core'
import { checkFeatures, checkSizes } from './check.js'
import { checkEpsilon, normSpecs, type LayerNormParams } from './layer-norm.js'
import { checkParams, drawParams } from './params.js'

/** What `batchNorm` remembers of the numbers that it saw: mean and variance of each feature, `[size]` each. */
export type BatchNormState = { readonly mean: Tensor; readonly variance: Tensor }

/**
 * Each feature brought to mean 0 and variance 1 over all rows and steps of a batch, then scaled and shifted (Ioffe &
 * Szegedy 2015, algorithms 1 and 2). In training `apply` gets no state and takes mean and biased variance from x, and
 * `observe` moves the state towards those of x, the variance then unbiased, by the part `momentum` of the way. In
 * evaluation `apply` gets the state, and rows do not depend on each other. x `[…, size]`.
 *
 * @throws where `size` is not a whole number from 1, `epsilon` not positive or `momentum` not between 0 and 1; `apply`
 *   throws where x has other features
 */
export function batchNorm({
  size,
  epsilon = 1e-5,
  momentum = 0.1,
}: {
  size: number
  epsilon?: number
  momentum?: number
}) {
  checkSizes('batchNorm', { size })
  checkEpsilon('batchNorm', epsilon)
  if (!(momentum > 0 && momentum <= 1))
    refuse('batchNorm', `momentum is ${momentum}; it must be above 0 and at most 1`)
  const specs = normSpecs(size)
  const others = (x: Tensor) => x.shape.slice(1).map((_, axis) => axis)
  return {
    inputSize: size,
    outputSize: size,
    init: (key: Tensor, dtype: DType = 'float32'): LayerNormParams => drawParams(specs, key, dtype),
    initialState: (dtype: DType = 'float32'): BatchNormState => ({
      mean: zeros([size], dtype),
      variance: ones([size], dtype),
    }),
    apply(params: LayerNormParams, x: Tensor, { state }: { state?: BatchNormState } = {}): Tensor {
      checkFeatures('batchNorm', x, size)
      const { gain, bias } = checkParams('batchNorm', specs, params, x.dtype)
      const normal = state
        ? x.sub(state.mean).div(sqrt(state.variance.add(epsilon)))
        : standardize(x, others(x), { epsilon })
      return normal.mul(gain).add(bias)
    },
    observe(state: BatchNormState, x: Tensor): BatchNormState {
      checkFeatures('batchNorm', x, size)
      const towards = (old: Tensor, now: Tensor) => old.mul(1 - momentum).add(now.mul(momentum))
      return {
        mean: towards(state.mean, mean(x, others(x))),
        variance: towards(state.variance, variance(x, others(x), { correction: 1 })),
      }
    },
  }
}
