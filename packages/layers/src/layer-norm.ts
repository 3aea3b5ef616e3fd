import { sqrt, type DType, type Tensor } from '@tapeloop/core'
import { constantInit, zerosInit } from './initializer.js'
import { drawParams } from './params.js'

/** The parameters of `layerNorm`: gain and bias, `[size]` each. */
export type LayerNormParams = { readonly gain: Tensor; readonly bias: Tensor }

/**
 * The last axis brought to mean 0 and variance 1, then scaled and shifted (Ba, Kiros & Hinton 2016, equation 4). The
 * variance is the biased one; `epsilon` is added to it.
 */
export function layerNorm({ size, epsilon = 1e-5 }: { size: number; epsilon?: number }) {
  return {
    inputSize: size,
    outputSize: size,
    init: (key: Tensor, dtype: DType = 'float32'): LayerNormParams =>
      drawParams({ gain: constantInit(1, [size]), bias: zerosInit([size]) }, key, dtype),
    apply: ({ gain, bias }: LayerNormParams, x: Tensor): Tensor => normalise(x, epsilon).mul(gain).add(bias),
  }
}

function normalise(x: Tensor, epsilon: number): Tensor {
  const centred = x.sub(x.mean(-1, { keepDims: true }))
  const variance = centred.mul(centred).mean(-1, { keepDims: true })
  return centred.div(sqrt(variance.add(epsilon)))
}
