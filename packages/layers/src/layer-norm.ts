import { refuse, standardize, type DType, type Tensor } from '@tapeloop/core'
import { checkFeatures, checkSizes } from './check.js'
import { constantInit, zerosInit, type Initializer } from './initializer.js'
import { checkParams, drawParams } from './params.js'

/** The parameters of `layerNorm`: gain and bias, `[size]` each. */
export type LayerNormParams = { readonly gain: Tensor; readonly bias: Tensor }

/** How gain and bias start: at 1 and at 0. */
export function normSpecs(size: number): { readonly gain: Initializer; readonly bias: Initializer } {
  return { gain: constantInit(1, [size]), bias: zerosInit([size]) }
}

/** Refuses what would divide by 0. */
export function checkEpsilon(where: string, epsilon: number): void {
  if (!(epsilon > 0)) refuse(where, `epsilon is ${epsilon}; it must be above 0`)
}

/** The last axis of x normalised, then scaled by the gain and shifted by the bias. */
export function normalize(x: Tensor, { gain, bias }: LayerNormParams, epsilon = 1e-5): Tensor {
  return standardize(x, -1, { epsilon }).mul(gain).add(bias)
}

/**
 * The last axis brought to mean 0 and variance 1, then scaled and shifted (Ba, Kiros & Hinton 2016, equation 4). The
 * variance is the biased one; `epsilon` is added to it.
 *
 * @throws where `size` is not a whole number from 1 or `epsilon` not positive; `apply` throws where x has other features
 */
export function layerNorm({ size, epsilon = 1e-5 }: { size: number; epsilon?: number }) {
  checkSizes('layerNorm', { size })
  checkEpsilon('layerNorm', epsilon)
  const specs = normSpecs(size)
  return {
    inputSize: size,
    outputSize: size,
    init: (key: Tensor, dtype: DType = 'float32'): LayerNormParams => drawParams(specs, key, dtype),
    apply(params: LayerNormParams, x: Tensor): Tensor {
      checkFeatures('layerNorm', x, size)
      return normalize(x, checkParams('layerNorm', specs, params, x.dtype), epsilon)
    },
  }
}
