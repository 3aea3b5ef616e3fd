import { argmax, equal, minimum, softmax, splitKey, type Tensor } from '@tapeloop/core'
import {
  crossEntropy,
  linear,
  type AdditiveAttentionParams,
  type LinearParams,
  type OptionSpecs,
} from '@tapeloop/layers'
import type { Anatomy } from './anatomy.js'
import { exampleModel, type ExampleModel } from './example-model.js'
import { tokenTensor, type Sequence } from './examples.js'
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
import { summaryOf, type Summary } from './summary.js'

/** What a sequence classifier is made of. */
export interface SequenceClassifierOptions<
  Options extends OptionSpecs = OptionSpecs,
> extends ReaderOptions<Options> {
  /** how many classes there are */
  readonly classes: number
  /** a second stack of as many layers reads from the end; false unless said */
  readonly bidirectional?: boolean
  /** what the class is read from: `last` (unless said), `mean`, or attention, `dot` or `additive` */
  readonly summary?: Summary
}

/** The parameters of a sequence classifier. */
export type SequenceClassifierParams = ReaderParams & {
  /** only with the summary `additive` */
  readonly attention?: AdditiveAttentionParams
  readonly output: LinearParams
}

/** Sequences, and the class of each: int32 `[batch]`. */
export type ClassTensors = SequenceTensors & { readonly y: Tensor }

/** What a classifier says of a sequence. */
export interface Classification {
  /** the likeliest class */
  readonly label: number
  /** of each class; they add up to 1 */
  readonly probabilities: readonly number[]
}

/** A recurrent network that tells the class of a whole sequence. Its metric is `accuracy`. */
export interface SequenceClassifier extends ExampleModel<SequenceClassifierParams, number, ClassTensors> {
  /** The model taken apart. */
  readonly anatomy: Anatomy<SequenceClassifierParams>
  /** Logits `[batch, classes]` of sequences, int32 `[batch, time]` or `[batch, time, inputSize]`. */
  apply(params: SequenceClassifierParams, x: Tensor, options?: ApplyOptions): Tensor
  /** The classes of sequences, which may be of different lengths. */
  predict(
    params: SequenceClassifierParams,
    sequences: readonly Sequence[],
    options?: PredictOptions,
  ): Promise<Classification[]>
}

/**
 * A classifier over any cell: sequences of tokens or numbers go through layers of the cell, and a summary of the outputs
 * to one logit a class. Trained by the cross entropy.
 *
 * @example
 * const model = sequenceClassifier({ cell: gru, vocabularySize: 65, hiddenSize: 32, classes: 2 })
 * @throws where a size is no whole number from 1, or the cell has no such option
 */
export function sequenceClassifier<Options extends OptionSpecs>(
  given: SequenceClassifierOptions<Options>,
): SequenceClassifier {
  const { classes, bidirectional = false, summary: kind = 'last' } = given
  checkWhole('sequenceClassifier', 'classes', classes)
  const reader = sequenceReader('sequenceClassifier', given)
  const size = reader.layer.outputSize
  const summary = summaryOf('sequenceClassifier', kind, size, bidirectional)
  const head = linear({ inputSize: size, outputSize: classes })

  const anatomy = reader.anatomy<SequenceClassifierParams>((params, output, lengths) =>
    head.apply(params.output, summary.apply(params, output, lengths)),
  )
  const apply: SequenceClassifier['apply'] = (params, x, options = {}) =>
    anatomy.leave(params, reader.apply(params, x, options).output, options.lengths)

  return {
    ...exampleModel('sequenceClassifier', reader.parameters + summary.parameters + (size + 1) * classes, {
      init(key): SequenceClassifierParams {
        const [forReader, forSummary, forHead] = splitKey(key, 3) as [Tensor, Tensor, Tensor]
        return {
          ...reader.init(forReader),
          ...summary.init(forSummary, reader.dtype),
          output: head.init(forHead, reader.dtype),
        }
      },
      batch({ examples, batchSize, times }): ClassTensors {
        const labels = examples.map(({ y }: { readonly y: number }) => [y])
        const rows = { where: 'sequenceClassifier: y', batchSize, time: 1 }
        return {
          ...reader.batch(
            examples.map(({ x }) => x),
            batchSize,
            times.x,
          ),
          y: tokenTensor(labels, classes, rows).reshape([batchSize]),
        }
      },
      start: () => ({}),
      loss(params, { x, y, lengths }, carried, key) {
        const logits = apply(params, x, { lengths, ...(key && { key }) })
        const present = minimum(lengths, 1)
        const meanOf = (values: Tensor) => maskedMean(values.reshape([-1, 1]), present)
        const { mean: loss, weight } = meanOf(crossEntropy(logits, y, { reduction: 'none' }))
        const accuracy = meanOf(equal(argmax(logits), y).cast(loss.dtype)).mean
        return { loss, carried, weight, metrics: { accuracy } }
      },
    }),
    anatomy,
    apply,
    predict: predictor(
      'sequenceClassifier.predict',
      reader,
      (params: SequenceClassifierParams, { x, lengths }) => softmax(apply(params, x, { lengths })),
      (probabilities: readonly number[]) => ({
        label: probabilities.indexOf(Math.max(...probabilities)),
        probabilities,
      }),
    ),
  }
}
