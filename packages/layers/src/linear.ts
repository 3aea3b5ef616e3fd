import { refuse, type DType, type Tensor } from '@tapeloop/core'
import { affine } from './affine.js'
import { glorotUniform, zerosInit } from './initializer.js'
import { drawParams } from './params.js'

/** The parameters of `linear`: kernel `[inputSize, outputSize]`, bias `[outputSize]`. */
export type LinearParams = { readonly kernel: Tensor; readonly bias?: Tensor }

/** x·kernel + bias on the last axis: x `[…, inputSize]` → `[…, outputSize]`. */
export function linear({
  inputSize,
  outputSize,
  bias = true,
}: {
  inputSize: number
  outputSize: number
  bias?: boolean
}) {
  return {
    inputSize,
    outputSize,
    init: (key: Tensor, dtype: DType = 'float32'): LinearParams =>
      drawParams(
        { kernel: glorotUniform([inputSize, outputSize]), ...(bias && { bias: zerosInit([outputSize]) }) },
        key,
        dtype,
      ),
    apply({ kernel, bias }: LinearParams, x: Tensor): Tensor {
      if (x.shape.at(-1) !== inputSize) {
        refuse('linear', `the last axis of x has ${x.shape.at(-1)} features; inputSize is ${inputSize}`)
      }
      return affine(x, kernel, bias)
    },
  }
}
