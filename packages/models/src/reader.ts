import { refuse, splitKey, type DType, type Tensor } from '@tapeloop/core'
import type { OptionSpecs } from '@tapeloop/layers'
import { anatomyOf, type Anatomy } from './anatomy.js'
import { lengthsOf, numberTensor, tokenTensor, type Sequence } from './examples.js'
import {
  checkUntimed,
  checkWhole,
  recurrentStack,
  type EncoderStackOptions,
  type RecurrentStackOptions,
  type State,
} from './recurrent-stack.js'
import { tokenVectors, type TokenVectorsParams } from './token-vectors.js'

/** What reads sequences: of numbers (`inputSize`) or of tokens (`vocabularySize`). */
export interface ReaderOptions<
  Options extends OptionSpecs = OptionSpecs,
> extends RecurrentStackOptions<Options> {
  /** how many numbers there are at each time */
  readonly inputSize?: number
  /** how many different tokens there are */
  readonly vocabularySize?: number
  /** length of a learned vector for each token; without it tokens enter one-hot, `vocabularySize` numbers each */
  readonly embeddingSize?: number
  /** of the parameters; float32 unless said */
  readonly dtype?: DType
}

/** The parameters of what reads; `recurrent` holds `{ layers: [...] }`, or that `forward` and `backward`. */
export type ReaderParams = TokenVectorsParams & { readonly recurrent: State }

/** Sequences as tensors. */
export type SequenceTensors = {
  /** int32 `[batch, time]` of tokens, or `[batch, time, inputSize]` */
  readonly x: Tensor
  /** int32 `[batch]`: how many times of each row count */
  readonly lengths: Tensor
}

/** What `apply` of a model may be given besides parameters and input. */
export interface ApplyOptions {
  /** int32 `[batch]`: how many times of each row count; all unless given */
  readonly lengths?: Tensor
  /** randomness for training, where a layer draws any */
  readonly key?: Tensor
}

/** The part that most models begin with: sequences through a table of vectors, if any, and layers of a cell. */
export function sequenceReader<Options extends OptionSpecs>(
  where: string,
  given: ReaderOptions<Options> & Pick<EncoderStackOptions, 'bidirectional'>,
) {
  const { inputSize, vocabularySize, embeddingSize, dtype = 'float32' } = given
  for (const [name, size] of Object.entries({ inputSize, vocabularySize, embeddingSize })) {
    if (size !== undefined) checkWhole(where, name, size)
  }
  if ((inputSize === undefined) === (vocabularySize === undefined)) {
    refuse(
      where,
      `${inputSize === undefined ? 'neither inputSize nor vocabularySize is' : 'both inputSize and vocabularySize are'} ` +
        'given; give the first for numbers, the second for tokens',
    )
  }
  if (inputSize !== undefined && embeddingSize !== undefined) {
    refuse(where, 'embeddingSize is given with inputSize, but only tokens have vectors; leave one out')
  }
  if (vocabularySize !== undefined) checkUntimed(where, given.options)
  const vectors = vocabularySize === undefined ? null : tokenVectors(vocabularySize, embeddingSize)
  const { layer, parameters, built } = recurrentStack(where, vectors?.size ?? inputSize!, given)
  const enter = (params: ReaderParams, x: Tensor) => (vectors ? vectors.apply(params, x, dtype) : x)

  return {
    layer,
    dtype,
    /** how many numbers the parameters are */
    parameters: parameters + (vectors?.parameters ?? 0),
    init(key: Tensor): ReaderParams {
      const [forTable, forLayers] = splitKey(key, 2) as [Tensor, Tensor]
      return {
        ...vectors?.init(forTable, dtype),
        recurrent: layer.init(forLayers, dtype),
      }
    },
    /** The output `[batch, time, layer.outputSize]`, and the state after. */
    apply(params: ReaderParams, x: Tensor, options: ApplyOptions & { readonly state?: State } = {}) {
      return layer.apply(params.recurrent, enter(params, x), options)
    },
    /** The parts of a model that goes on from the outputs by `leave`. */
    anatomy: <Params extends ReaderParams>(leave: Anatomy<Params>['leave']): Anatomy<Params> =>
      anatomyOf(built, { enter, leave }),
    /** Sequences in tensors of so many rows and times. */
    batch(sequences: readonly Sequence[], batchSize: number, time: number): SequenceTensors {
      const empty = sequences.findIndex(({ length }) => length === 0)
      if (empty >= 0) refuse(`${where}: x`, `sequence ${empty} is empty; leave it out`)
      const rows = { where: `${where}: x`, batchSize, time }
      return {
        x:
          inputSize === undefined
            ? tokenTensor(sequences, vocabularySize!, rows)
            : numberTensor(sequences, inputSize, dtype, rows),
        lengths: lengthsOf(sequences, batchSize),
      }
    },
  }
}
