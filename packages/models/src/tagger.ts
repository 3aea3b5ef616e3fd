import { argmax, equal, refuse, splitKey, type Tensor } from '@tapeloop/core'
import { crossEntropy, linear, type LinearParams, type OptionSpecs } from '@tapeloop/layers'
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

/** What a tagger is made of. */
export interface TaggerOptions<Options extends OptionSpecs = OptionSpecs> extends ReaderOptions<Options> {
  /** how many tags there are */
  readonly tags: number
  /** a second stack of as many layers reads from the end, so that a tag may depend on what follows; false unless said */
  readonly bidirectional?: boolean
}

/** The parameters of a tagger. */
export type TaggerParams = ReaderParams & { readonly output: LinearParams }

/** Sequences, and the tag at each time: int32 `[batch, time]`. */
export type TagTensors = SequenceTensors & { readonly y: Tensor }

/** A recurrent network that gives a tag to each time of a sequence. Its metric is `accuracy`. */
export interface Tagger extends ExampleModel<TaggerParams, ArrayLike<number>, TagTensors> {
  /** Logits `[batch, time, tags]` of sequences, int32 `[batch, time]` or `[batch, time, inputSize]`. */
  apply(params: TaggerParams, x: Tensor, options?: ApplyOptions): Tensor
  /** The likeliest tag at each time of sequences, which may be of different lengths. */
  predict(params: TaggerParams, sequences: readonly Sequence[], options?: PredictOptions): Promise<number[][]>
}

/**
 * A tagger over any cell: sequences of tokens or numbers go through layers of the cell, and each output to one logit a tag.
 * Trained by the cross entropy.
 *
 * @example
 * const model = tagger({ cell: lstm, vocabularySize: 5000, embeddingSize: 32, hiddenSize: 64, tags: 12, bidirectional: true })
 * @throws where a size is no whole number from 1, or the cell has no such option
 */
export function tagger<Options extends OptionSpecs>(given: TaggerOptions<Options>): Tagger {
  const { tags } = given
  checkWhole('tagger', 'tags', tags)
  const reader = sequenceReader('tagger', given)
  const head = linear({ inputSize: reader.layer.outputSize, outputSize: tags })

  const apply: Tagger['apply'] = (params, x, options = {}) =>
    head.apply(params.output, reader.apply(params, x, options).output)
  return {
    ...exampleModel('tagger', reader.parameters + (reader.layer.outputSize + 1) * tags, {
      init(key): TaggerParams {
        const [forReader, forHead] = splitKey(key, 2) as [Tensor, Tensor]
        return { ...reader.init(forReader), output: head.init(forHead, reader.dtype) }
      },
      batch({ examples, batchSize, times }): TagTensors {
        const targets = examples.map(({ y }: { readonly y: ArrayLike<number> }) => y)
        const wrong = examples.findIndex(({ x, y }) => x.length !== y.length)
        if (wrong >= 0) {
          const { x, y } = examples[wrong]!
          refuse(
            'tagger: y',
            `sequence ${wrong} has ${y.length} tags for ${x.length} times; give one for each`,
          )
        }
        return {
          ...reader.batch(
            examples.map(({ x }) => x),
            batchSize,
            times.x,
          ),
          y: tokenTensor(targets, tags, { where: 'tagger: y', batchSize, time: times.y }),
        }
      },
      start: () => ({}),
      loss(params, { x, y, lengths }, carried, key) {
        const logits = apply(params, x, { lengths, ...(key && { key }) })
        const { mean: loss, weight } = maskedMean(crossEntropy(logits, y, { reduction: 'none' }), lengths)
        const accuracy = maskedMean(equal(argmax(logits), y).cast(loss.dtype), lengths).mean
        return { loss, carried, weight, metrics: { accuracy } }
      },
    }),
    apply,
    predict: predictor(
      'tagger.predict',
      reader,
      (params: TaggerParams, { x, lengths }) => argmax(apply(params, x, { lengths })),
      (tags: readonly number[], length) => tags.slice(0, length),
    ),
  }
}
