import { mean, sqrt, square, type DType, type Tensor } from '@tapeloop/core'
import { checkFeatures, checkSizes } from './check.js'
import { constantInit } from './initializer.js'
import { checkEpsilon } from './layer-norm.js'
import { checkParams, drawParams } from './params.js'

/** The parameters of `rmsNorm`: gain `[size]`. */
export type RmsNormParams = { readonly gain: Tensor }

/**
 * The last axis divided by √(mean of its squares + epsilon), then scaled; nothing is moved (Zhang & Sennrich 2019,
 * equation 4).
 *
 * @throws where `size` is not a whole number from 1 or `epsilon` not positive; `apply` throws where x has other features
 */
export function rmsNorm({ size, epsilon = 1e-6 }: { size: number; epsilon?: number }) {
  checkSizes('rmsNorm', { size })
  checkEpsilon('rmsNorm', epsilon)
  const specs = { gain: constantInit(1, [size]) }
  return {
    inputSize: size,
    outputSize: size,
    init: (key: Tensor, dtype: DType = 'float32'): RmsNormParams => drawParams(specs, key, dtype),
    apply(params: RmsNormParams, x: Tensor): Tensor {
      checkFeatures('rmsNorm', x, size)
      const { gain } = checkParams('rmsNorm', specs, params, x.dtype)
      return x.div(sqrt(mean(square(x), -1, { keepDims: true }).add(epsilon))).mul(gain)
    },
  }
}
