import type { DType, Tensor } from '@tapeloop/core'
import { affine } from './affine.js'
import { checkFeatures, checkSizes } from './check.js'
import { glorotUniform, zerosInit } from './initializer.js'
import { checkParams, drawParams } from './params.js'

/** The parameters of `linear`: kernel `[inputSize, outputSize]`, bias `[outputSize]`. */
export type LinearParams = { readonly kernel: Tensor; readonly bias?: Tensor }

/**
 * x·kernel + bias on the last axis: x `[…, inputSize]` → `[…, outputSize]`.
 *
 * @throws where a size is not a whole number from 1; `apply` throws where x or the parameters have other shapes
 */
export function linear({
  inputSize,
  outputSize,
  bias = true,
}: {
  inputSize: number
  outputSize: number
  bias?: boolean
}) {
  checkSizes('linear', { inputSize, outputSize })
  const specs = {
    kernel: glorotUniform([inputSize, outputSize]),
    ...(bias && { bias: zerosInit([outputSize]) }),
  }
  return {
    inputSize,
    outputSize,
    init: (key: Tensor, dtype: DType = 'float32'): LinearParams => drawParams(specs, key, dtype),
    apply(params: LinearParams, x: Tensor): Tensor {
      checkFeatures('linear', x, inputSize)
      const { kernel, bias } = checkParams('linear', specs, params, x.dtype)
      return affine(x, kernel, bias)
    },
  }
}
