import type { Tensor } from '@tapeloop/core'
import { gateBias, zerosInit, type Initializer } from './initializer.js'

/** x·kernel + bias; the bias may be absent. x `[…, in]`, kernel `[in, out]`, bias `[out]`. */
export function affine(x: Tensor, kernel: Tensor, bias?: Tensor): Tensor {
  const product = x.matmul(kernel)
  return bias === undefined ? product : product.add(bias)
}

/** The two options by which a cell takes biases. */
export const biasOptions = {
  bias: { type: 'boolean', default: true, doc: 'add a bias on the input side' },
  recurrentBias: {
    type: 'boolean',
    default: false,
    doc: 'add a second bias on the recurrent side, as PyTorch does',
  },
} as const

/** The biases that those options ask for; `gates` gives the start of each gate's block of the first one. */
export function biases(
  options: { readonly bias: boolean; readonly recurrentBias: boolean },
  gates: readonly number[],
  hiddenSize: number,
): { bias?: Initializer; recurrentBias?: Initializer } {
  return {
    ...(options.bias && { bias: gateBias(gates, hiddenSize) }),
    ...(options.recurrentBias && { recurrentBias: zerosInit([gates.length * hiddenSize]) }),
  }
}
