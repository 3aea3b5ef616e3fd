import { einsum, pad, refuse, reshape, unfold, type DType, type Tensor } from '@tapeloop/core'
import { checkFeatures, checkSizes, showShape } from './check.js'
import { uniformInit, zerosInit } from './initializer.js'
import { checkParams, drawParams } from './params.js'

/** The parameters of `conv1d`: kernel `[window, inputSize / groups, outputSize]`, bias `[outputSize]`. */
export type Conv1dParams = { readonly kernel: Tensor; readonly bias?: Tensor }

/**
 * The same weights over every window of neighbouring steps (LeCun & Bengio 1995): x `[batch, time, inputSize]` →
 * `[batch, windows, outputSize]`. Zeros are added at both ends, `padding` of them each, or before the start alone where
 * it is `causal`, so many that no step sees a later one and none is lost. `dilation` is the distance of the steps of a
 * window (van den Oord et al. 2016), `stride` that of windows; features mix within each of the `groups`.
 *
 * @throws where a size is not a whole number from 1, groups do not divide the features, or a causal stride is not 1;
 *   `apply` throws where x has other features, or fewer steps than a window
 */
export function conv1d({
  inputSize,
  outputSize,
  window,
  stride = 1,
  padding = 0,
  dilation = 1,
  groups = 1,
  bias = true,
}: {
  inputSize: number
  outputSize: number
  window: number
  stride?: number
  padding?: number | 'causal'
  dilation?: number
  groups?: number
  bias?: boolean
}) {
  checkSizes('conv1d', { inputSize, outputSize, window, stride, dilation, groups })
  if (padding !== 'causal' && !(Number.isInteger(padding) && padding >= 0))
    refuse('conv1d', `padding is ${padding}; it must be a whole number from 0, or causal`)
  if (padding === 'causal' && stride !== 1)
    refuse('conv1d', `a causal stride is 1, not ${stride}; pool instead`)
  if (inputSize % groups !== 0 || outputSize % groups !== 0) {
    refuse('conv1d', `${groups} groups do not divide ${inputSize} features in and ${outputSize} out evenly`)
  }
  const [own, out] = [inputSize / groups, outputSize / groups]
  const margins =
    padding === 'causal' ? ([(window - 1) * dilation, 0] as const) : ([padding, padding] as const)
  const specs = {
    // as PyTorch starts them
    kernel: uniformInit(1 / Math.sqrt(own * window), [window, own, outputSize]),
    ...(bias && { bias: zerosInit([outputSize]) }),
  }
  return {
    inputSize,
    outputSize,
    init: (key: Tensor, dtype: DType = 'float32'): Conv1dParams => drawParams(specs, key, dtype),
    apply(params: Conv1dParams, x: Tensor): Tensor {
      checkFeatures('conv1d', x, inputSize)
      if (x.rank !== 3)
        refuse('conv1d', `x has shape ${showShape(x.shape)}; it must be [batch, time, features]`)
      const { kernel, bias } = checkParams('conv1d', specs, params, x.dtype)
      const padded = pad(x, [[0, 0], margins, [0, 0]])
      const windows = unfold(padded, { axis: 1, size: window, step: stride, dilation }) // [batch, windows, features, window]
      const [batchSize, count] = windows.shape as [number, number]
      const y = einsum(
        'btgiw,wigo->btgo',
        reshape(windows, [batchSize, count, groups, own, window]),
        reshape(kernel, [window, own, groups, out]),
      ).reshape([batchSize, count, outputSize])
      return bias ? y.add(bias) : y
    },
  }
}
