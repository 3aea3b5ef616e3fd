import { splitKey, tensor, type DType, type Tensor } from '@tapeloop/core'
import type { RegressionBatch } from '@tapeloop/data'
import { lastStep, linear, meanSquaredError, type LinearParams, type OptionSpecs } from '@tapeloop/layers'
import type { Task } from '@tapeloop/train'
import type { Anatomy } from './anatomy.js'
import type { Sequence } from './examples.js'
import { predictor, type PredictOptions } from './predicting.js'
import { sequenceReader, type ApplyOptions } from './reader.js'
import { checkWhole, type RecurrentStackOptions, type State } from './recurrent-stack.js'
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
  /** The model taken apart. */
  readonly anatomy: Anatomy<SequenceRegressorParams>
  /** The prediction `[batch, outputSize]` for sequences x `[batch, time, inputSize]`. */
  apply(params: SequenceRegressorParams, x: Tensor, options?: ApplyOptions): Tensor
  /** The numbers that are predicted from sequences, `outputSize` of each; these may be of different lengths. */
  predict(
    params: SequenceRegressorParams,
    sequences: readonly Sequence[],
    options?: PredictOptions,
  ): Promise<number[][]>
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
  const { outputSize } = given
  checkWhole('sequenceRegressor', 'outputSize', outputSize)
  const reader = sequenceReader('sequenceRegressor', given)
  const { layer, dtype } = reader
  const head = linear({ inputSize: layer.outputSize, outputSize })

  function init(key: Tensor): SequenceRegressorParams {
    const [forLayers, forHead] = splitKey(key, 2) as [Tensor, Tensor]
    return { recurrent: layer.init(forLayers, dtype), output: head.init(forHead, dtype) }
  }

  const anatomy = reader.anatomy<SequenceRegressorParams>((params, output, lengths) =>
    head.apply(params.output, lastStep(output, lengths)),
  )
  const apply: SequenceRegressor['apply'] = (params, x, options = {}) =>
    anatomy.leave(params, reader.apply(params, x, options).output, options.lengths)

  return {
    parameters: reader.parameters + (layer.outputSize + 1) * outputSize,
    anatomy,
    apply,
    init,
    ...saved('sequenceRegressor', init),
    batch: ({ x, y, shape }) => ({
      x: tensor(x, { shape, dtype }),
      y: tensor(y, { shape: [shape[0], y.length / shape[0]], dtype }),
    }),
    start: () => ({}),
    loss(params, { x, y }, carried, key) {
      const loss = meanSquaredError(apply(params, x, key && { key }), y)
      return { loss, carried, weight: y.size }
    },
    predict: predictor(
      'sequenceRegressor.predict',
      reader,
      (params: SequenceRegressorParams, { x, lengths }) => apply(params, x, { lengths }),
      (numbers: number[]) => numbers,
    ),
  }
}
