import { equal, greater, min, refuse, sigmoid, splitKey, type Tensor } from '@tapeloop/core'
import { binaryCrossEntropyWithLogits, linear, type LinearParams, type OptionSpecs } from '@tapeloop/layers'
import { exampleModel, type ExampleModel } from './example-model.js'
import { numberTensor, type Sequence } from './examples.js'
import { maskedMean } from './masked-mean.js'
import { predictor, type PredictOptions } from './predicting.js'
import {
  sequenceReader,
  type ApplyOptions,
  type ReaderOptions,
  type ReaderParams,
  type SequenceTensors,
} from './reader.js'
import { checkWhole } from './recurrent-stack.js'

/** What a multi-label tagger is made of. */
export interface MultiLabelTaggerOptions<
  Options extends OptionSpecs = OptionSpecs,
> extends ReaderOptions<Options> {
  /** how many labels there are, of which any number may hold at a time */
  readonly labels: number
  /** a second stack of as many layers reads from the end, so that labels may depend on what follows; false unless said */
  readonly bidirectional?: boolean
}

/** The parameters of a multi-label tagger. */
export type MultiLabelTaggerParams = ReaderParams & { readonly output: LinearParams }

/** Sequences, and 1 for each label that holds at each time: `[batch, time, labels]`. */
export type LabelTensors = SequenceTensors & { readonly y: Tensor }

/** A recurrent network that says of each time of a sequence which labels hold. Its metric is `accuracy`: of whole times. */
export interface MultiLabelTagger extends ExampleModel<
  MultiLabelTaggerParams,
  ArrayLike<ArrayLike<number>>,
  LabelTensors
> {
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
  checkWhole('multiLabelTagger', 'labels', labels)
  const reader = sequenceReader('multiLabelTagger', given)
  const head = linear({ inputSize: reader.layer.outputSize, outputSize: labels })

  const apply: MultiLabelTagger['apply'] = (params, x, options = {}) =>
    head.apply(params.output, reader.apply(params, x, options).output)

  return {
    ...exampleModel('multiLabelTagger', reader.parameters + (reader.layer.outputSize + 1) * labels, {
      init(key): MultiLabelTaggerParams {
        const [forReader, forHead] = splitKey(key, 2) as [Tensor, Tensor]
        return { ...reader.init(forReader), output: head.init(forHead, reader.dtype) }
      },
      batch({ examples, batchSize, times }): LabelTensors {
        const targets = examples.map(({ y }: { readonly y: ArrayLike<ArrayLike<number>> }) => y)
        const wrong = examples.findIndex(({ x, y }) => x.length !== y.length)
        if (wrong >= 0) {
          const { x, y } = examples[wrong]!
          refuse(
            'multiLabelTagger: y',
            `sequence ${wrong} has labels for ${y.length} times, but ${x.length} times; give as many`,
          )
        }
        const rows = { where: 'multiLabelTagger: y', batchSize, time: times.y }
        return {
          ...reader.batch(
            examples.map(({ x }) => x),
            batchSize,
            times.x,
          ),
          y: numberTensor(targets, labels, reader.dtype, rows),
        }
      },
      start: () => ({}),
      loss(params, { x, y, lengths }, carried, key) {
        const logits = apply(params, x, { lengths, ...(key && { key }) })
        const losses = binaryCrossEntropyWithLogits(logits, y, { reduction: 'none' }).sum(2)
        const { mean: loss, weight } = maskedMean(losses, lengths)
        const isRight = equal(greater(logits, 0), greater(y, 0.5)).cast(loss.dtype)
        const accuracy = maskedMean(min(isRight, 2), lengths).mean
        return { loss, carried, weight, metrics: { accuracy } }
      },
    }),
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
