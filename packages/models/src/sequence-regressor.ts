import { sliceAxis, splitKey, tensor, type DType, type Tensor } from '@tapeloop/core'
import type { RegressionBatch } from '@tapeloop/data'
import { linear, meanSquaredError, type LinearParams, type OptionSpecs } from '@tapeloop/layers'
import type { Task } from '@tapeloop/train'
import { checkWhole, recurrentStack, type RecurrentStackOptions, type State } from './recurrent-stack.js'
import { saved, type Saved } from './saved.js'

/** What a sequence regressor is made of. */
export interface SequenceRegressorOptions<
  Options extends OptionSpecs = OptionSpecs,
> extends RecurrentStackOptions<Options> {
  /** numbers at each time */
  readonly inputSize: number
  /** numbers to predict from the whole sequence */
  readonly outputSize: number
  /** of the parameters; float32 unless said */
  readonly dtype?: DType
}

/** The parameters of a sequence regressor; `recurrent` holds `{ layers: [...] }`, the lowest first. */
export type SequenceRegressorParams = { readonly recurrent: State; readonly output: LinearParams }

/** Sequences `[batch, time, inputSize]` and their targets `[batch, outputSize]`. */
export type RegressionTensors = { readonly x: Tensor; readonly y: Tensor }

/** A recurrent network that predicts numbers from a whole sequence. As a task it can be handed to `fit` as it is. */
export interface SequenceRegressor
  extends
    Task<
      SequenceRegressorParams,
      RegressionBatch<Float32Array | Float64Array>,
      RegressionTensors,
      Record<never, never>
    >,
    Saved<SequenceRegressorParams> {
  /** how many numbers its parameters are */
  readonly parameters: number
  /** The prediction `[batch, outputSize]` for sequences x `[batch, time, inputSize]`. */
  apply(params: SequenceRegressorParams, x: Tensor, options?: { readonly key?: Tensor }): Tensor
}

/**
 * A regressor over any cell: the sequence goes through layers of the cell, and the last output to the predicted numbers.
 * Trained by the mean squared error.
 *
 * @throws where a size is no whole number from 1, or the cell has no such option
 */
export function sequenceRegressor<Options extends OptionSpecs>(
  given: SequenceRegressorOptions<Options>,
): SequenceRegressor {
  const { inputSize, outputSize, dtype = 'float32' } = given
  checkWhole('sequenceRegressor', 'outputSize', outputSize)
  const { layer, parameters } = recurrentStack('sequenceRegressor', inputSize, given)
  const head = linear({ inputSize: layer.outputSize, outputSize })

  function init(key: Tensor): SequenceRegressorParams {
    const [forLayers, forHead] = splitKey(key, 2) as [Tensor, Tensor]
    return { recurrent: layer.init(forLayers, dtype), output: head.init(forHead, dtype) }
  }

  const apply: SequenceRegressor['apply'] = (params, x, options = {}) => {
    const { output } = layer.apply(params.recurrent, x, options)
    const time = x.shape[1]!
    return head.apply(params.output, sliceAxis(output, 1, time - 1, time).reshape([-1, layer.outputSize]))
  }

  return {
    parameters: parameters + (layer.outputSize + 1) * outputSize,
    apply,
    init,
    ...saved('sequenceRegressor', init),
    batch: ({ x, y, shape }) => ({
      x: tensor(x, { shape }),
      y: tensor(y, { shape: [shape[0], y.length / shape[0]] }),
    }),
    start: () => ({}),
    loss(params, { x, y }, carried, key) {
      const loss = meanSquaredError(apply(params, x, key && { key }), y)
      return { loss, carried, weight: y.size }
    },
  }
}
