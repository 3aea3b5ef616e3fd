import { equal, greater, min, sigmoid, type Tensor } from '@tapeloop/core'
import { binaryCrossEntropyWithLogits, type OptionSpecs } from '@tapeloop/layers'
import type { Anatomy } from './anatomy.js'
import { logitsEachTime, type EachTimeOptions, type EachTimeParams } from './each-time.js'
import { exampleModel, type ExampleModel } from './example-model.js'
import { numberTensor, type Sequence } from './examples.js'
import { predictor, type PredictOptions } from './predicting.js'
import type { ApplyOptions, SequenceTensors } from './reader.js'

/** What a multi-label tagger is made of. */
export interface MultiLabelTaggerOptions<
  Options extends OptionSpecs = OptionSpecs,
> extends EachTimeOptions<Options> {
  /** how many labels there are, of which any number may hold at a time */
  readonly labels: number
}

/** The parameters of a multi-label tagger. */
export type MultiLabelTaggerParams = EachTimeParams

/** Sequences, and 1 for each label that holds at each time: `[batch, time, labels]`. */
export type LabelTensors = SequenceTensors & { readonly y: Tensor }

/** A recurrent network that says of each time of a sequence which labels hold. Its metric is `accuracy`: of whole times. */
export interface MultiLabelTagger extends ExampleModel<
  MultiLabelTaggerParams,
  ArrayLike<ArrayLike<number>>,
  LabelTensors
> {
  /** The model taken apart. */
  readonly anatomy: Anatomy<MultiLabelTaggerParams>
  /** Logits `[batch, time, labels]` of sequences, int32 `[batch, time]` or `[batch, time, inputSize]`. */
  apply(params: MultiLabelTaggerParams, x: Tensor, options?: ApplyOptions): Tensor
  /** The probability of each label at each time of sequences, which may be of different lengths. */
  predict(
    params: MultiLabelTaggerParams,
    sequences: readonly Sequence[],
    options?: PredictOptions,
  ): Promise<Float64Array[][]>
}

/**
 * A multi-label tagger over any cell: sequences of tokens or numbers go through layers of the cell, and each output to one
 * logit a label. Trained by the binary cross entropy, summed over the labels of a time: the negative log-likelihood of a
 * piano roll is measured so (Boulanger-Lewandowski, Bengio & Vincent 2012), one frame predicting the next.
 *
 * @example
 * const model = multiLabelTagger({ cell: lstm, inputSize: 88, hiddenSize: 200, labels: 88 })
 * const examples = pieces.map((frames) => ({ x: frames.slice(0, -1), y: frames.slice(1) }))
 * @throws where a size is no whole number from 1, or the cell has no such option
 */
export function multiLabelTagger<Options extends OptionSpecs>(
  given: MultiLabelTaggerOptions<Options>,
): MultiLabelTagger {
  const { labels } = given
  const { reader, parameters, init, anatomy, apply, batch, told } = logitsEachTime(
    'multiLabelTagger',
    given,
    {
      noun: 'labels',
      width: labels,
    },
  )
  return {
    ...exampleModel('multiLabelTagger', parameters, {
      init,
      batch: (examples) =>
        batch(examples, (targets, rows) => numberTensor(targets, labels, reader.dtype, rows)),
      start: () => ({}),
      loss(params, { x, y, lengths }, carried, key) {
        const logits = apply(params, x, { lengths, ...(key && { key }) })
        const losses = binaryCrossEntropyWithLogits(logits, y, { reduction: 'none' }).sum(2)
        const isRight = equal(greater(logits, 0), greater(y, 0.5)).cast('int32')
        return { carried, ...told(losses, min(isRight, 2), lengths) }
      },
    }),
    anatomy,
    apply,
    predict: predictor(
      'multiLabelTagger.predict',
      reader,
      (params: MultiLabelTaggerParams, { x, lengths }) => sigmoid(apply(params, x, { lengths })),
      (times: readonly (readonly number[])[], length) =>
        times.slice(0, length).map((probabilities) => Float64Array.from(probabilities)),
    ),
  }
}
