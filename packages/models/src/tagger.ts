import { argmax, equal, type Tensor } from '@tapeloop/core'
import { crossEntropy, type OptionSpecs } from '@tapeloop/layers'
import type { Anatomy } from './anatomy.js'
import { logitsEachTime, type EachTimeOptions, type EachTimeParams } from './each-time.js'
import { exampleModel, type ExampleModel } from './example-model.js'
import { tokenTensor, type Sequence } from './examples.js'
import { predictor, type PredictOptions } from './predicting.js'
import type { ApplyOptions, SequenceTensors } from './reader.js'

/** What a tagger is made of. */
export interface TaggerOptions<Options extends OptionSpecs = OptionSpecs> extends EachTimeOptions<Options> {
  /** how many tags there are */
  readonly tags: number
}

/** The parameters of a tagger. */
export type TaggerParams = EachTimeParams

/** Sequences, and the tag at each time: int32 `[batch, time]`. */
export type TagTensors = SequenceTensors & { readonly y: Tensor }

/** A recurrent network that gives a tag to each time of a sequence. Its metric is `accuracy`. */
export interface Tagger extends ExampleModel<TaggerParams, ArrayLike<number>, TagTensors> {
  /** The model taken apart. */
  readonly anatomy: Anatomy<TaggerParams>
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
  const { reader, parameters, init, anatomy, apply, batch, told } = logitsEachTime('tagger', given, {
    noun: 'tags',
    width: tags,
  })
  return {
    ...exampleModel('tagger', parameters, {
      init,
      batch: (examples) => batch(examples, (targets, rows) => tokenTensor(targets, tags, rows)),
      start: () => ({}),
      loss(params, { x, y, lengths }, carried, key) {
        const logits = apply(params, x, { lengths, ...(key && { key }) })
        const losses = crossEntropy(logits, y, { reduction: 'none' })
        return { carried, ...told(losses, equal(argmax(logits), y), lengths) }
      },
    }),
    anatomy,
    apply,
    predict: predictor(
      'tagger.predict',
      reader,
      (params: TaggerParams, { x, lengths }) => argmax(apply(params, x, { lengths })),
      (tags: readonly number[], length) => tags.slice(0, length),
    ),
  }
}
