import {
  all,
  argmax,
  categorical,
  concat,
  equal,
  foldIn,
  full,
  iota,
  less,
  minimum,
  not,
  or,
  refuse,
  scan,
  splitKey,
  tensor,
  uniform,
  where,
  type Tensor,
} from '@tapeloop/core'
import { crossEntropy, type OptionSpecs, type OptionValues } from '@tapeloop/layers'
import type { Schedule } from '@tapeloop/train'
import { attentiveDecoder, type AttentionKind, type DecoderParams, type Source } from './decoder.js'
import { decodingOf, type DecodingOptions, type Hypothesis } from './decoding.js'
import { exampleModel, type ExampleModel } from './example-model.js'
import { lengthsOf, tokenTensor, type Sequence } from './examples.js'
import { maskedMean } from './masked-mean.js'
import { inBatches, onEachBackend } from './predicting.js'
import {
  sequenceReader,
  type ApplyOptions,
  type ReaderOptions,
  type ReaderParams,
  type SequenceTensors,
} from './reader.js'
import { checkWhole, type State } from './recurrent-stack.js'

/** What a sequence-to-sequence model is made of. */
export interface Seq2seqOptions<Options extends OptionSpecs = OptionSpecs> extends ReaderOptions<Options> {
  /** length of a learned vector for each token read or written; without it tokens enter one-hot */
  readonly embeddingSize?: number
  /** how many different tokens it writes; the mark of the start and the end comes on top */
  readonly targetVocabularySize: number
  /** a second stack of as many layers reads from the end, and writing starts from its state; false unless said */
  readonly bidirectional?: boolean
  /** `dot` unless said; with `bidirectional`, where the encoder puts out twice as much as the decoder, `additive` */
  readonly attention?: AttentionKind
  /**
   * How likely the decoder reads, while training, the true token rather than one drawn from what it said itself: 1 unless
   * said. A schedule is told how many batches there were before.
   */
  readonly teacherForcing?: number | Schedule
}

/** The parameters of a sequence-to-sequence model. */
export type Seq2seqParams = { readonly encoder: ReaderParams; readonly decoder: DecoderParams }

/** Sequences and what is to be written of them, int32 `[batch, times]`, of which `targetLengths` int32 `[batch]` count. */
export type TargetTensors = SequenceTensors & { readonly y: Tensor; readonly targetLengths: Tensor }

/** What a sequence-to-sequence model says of target tokens and the end after them, each from those before it. */
export type TargetLogits = {
  /** `[batch, times + 1, targetVocabularySize + 1]`; the last token is the end mark */
  readonly logits: Tensor
  /** `[batch, times + 1, source times]`: what was looked at */
  readonly attention: Tensor
}

/** What has been read, and the state in which writing starts. */
type Begun = { readonly state: State; readonly source: Source }

/** The number of batches learned from, where a schedule asks for it. */
type Learned = { readonly batches?: Tensor }

/**
 * A recurrent network that reads one sequence and writes another, of any length. Its metrics are `accuracy`, of tokens and
 * end marks after true tokens, and `exactMatch`: how many sequences have all of them right, so that writing with one beam
 * gives them whole.
 */
export interface Seq2seq extends ExampleModel<Seq2seqParams, ArrayLike<number>, TargetTensors, Learned> {
  /** What follows from x, int32 `[batch, time]` or `[batch, time, inputSize]`, and the true tokens y, int32 `[batch, times]`. */
  apply(params: Seq2seqParams, x: Tensor, y: Tensor, options?: ApplyOptions): TargetLogits
  /** What is written for sequences, which may be of different lengths. */
  predict(
    params: Seq2seqParams,
    sequences: readonly Sequence[],
    options?: DecodingOptions,
  ): Promise<Hypothesis[]>
}

/**
 * A sequence-to-sequence model over any cell (Sutskever, Vinyals & Le 2014) with attention (Bahdanau, Cho & Bengio 2015;
 * Luong, Pham & Manning 2015): layers of the cell read a sequence of tokens or numbers, and equal ones, which start from
 * their last state, write tokens. Trained by the cross entropy of each token after the true ones before it, or some drawn
 * instead (scheduled sampling: Bengio, Vinyals, Jaitly & Shazeer 2015).
 *
 * @example
 * const model = seq2seq({ cell: gru, vocabularySize: 30, targetVocabularySize: 40, embeddingSize: 16, hiddenSize: 64 })
 * @throws where a size is no whole number from 1, teacher forcing no number from 0 to 1, or the cell has no such option
 */
export function seq2seq<Options extends OptionSpecs>(given: Seq2seqOptions<Options>): Seq2seq {
  const { embeddingSize, targetVocabularySize, bidirectional = false, teacherForcing = 1 } = given
  checkWhole('seq2seq', 'targetVocabularySize', targetVocabularySize)
  if (typeof teacherForcing === 'number' && !(teacherForcing >= 0 && teacherForcing <= 1))
    refuse('seq2seq', `teacherForcing is ${teacherForcing}; it must be a number from 0 to 1, or a schedule`)
  const { embeddingSize: _, ...ofNumbers } = given
  const reader = sequenceReader('seq2seq', given.vocabularySize === undefined ? ofNumbers : given)
  const { dtype } = reader
  const mark = targetVocabularySize
  const decoder = attentiveDecoder('seq2seq', {
    ...given,
    options: untimed(given),
    tokens: targetVocabularySize + 1,
    embeddingSize,
    sourceSize: reader.layer.outputSize,
    attention: given.attention ?? (bidirectional ? 'additive' : 'dot'),
  })

  /** What is read, and the state in which writing starts. */
  function read(params: Seq2seqParams, { x, lengths }: SequenceTensors, key?: Tensor): Begun {
    const { output, state } = reader.apply(params.encoder, x, { lengths, ...(key && { key }) })
    const last = bidirectional ? (state['backward'] as State) : state
    return {
      state: decoder.startFrom(last, x.shape[0]!, output.dtype),
      source: { outputs: output, lengths },
    }
  }

  const decoding = onEachBackend((backend) =>
    decodingOf<Seq2seqParams>(
      'seq2seq.predict',
      { dtype, mark, read, step: (params, ...rest) => decoder.step(params.decoder, ...rest) },
      backend,
    ),
  )

  const rateAfter = (batches: Tensor | undefined): Tensor =>
    typeof teacherForcing === 'number' ? full(teacherForcing, [], dtype) : teacherForcing(batches!, dtype)

  const marks = (batchSize: number) => full(mark, [batchSize, 1], 'int32')

  /** What follows from the true tokens, all at once. */
  function forced(params: Seq2seqParams, { state, source }: Begun, y: Tensor, key?: Tensor) {
    const written = concat([marks(y.shape[0]!), y], 1)
    return decoder.whole(params.decoder, state, written, source, key && { key })
  }

  /** Logits of each target where some of those before it are not the true ones but drawn. */
  function sampled(
    params: Seq2seqParams,
    { state, source }: Begun,
    targets: Tensor,
    rate: Tensor,
    [forLayers, forTokens, forCoins]: readonly [Tensor, Tensor, Tensor],
  ): Tensor {
    const [batchSize, times] = targets.shape as [number, number]
    const [, logits] = scan(
      ({ state, last }: { state: State; last: Tensor }, now: { target: Tensor; step: Tensor }) => {
        const step = now.step.reshape([])
        const next = decoder.step(params.decoder, state, last, source, { key: forLayers, step })
        const drawn = categorical(foldIn(forTokens, step), next.logits)
        const isForced = less(uniform(foldIn(forCoins, step), [batchSize], { dtype: rate.dtype }), rate)
        return [{ state: next.state, last: where(isForced, now.target, drawn) }, next.logits]
      },
      { state, last: full(mark, [batchSize], 'int32') },
      { target: targets, step: iota(times).reshape([1, times]) },
      { axis: 1 },
    )
    return logits
  }

  return {
    ...exampleModel('seq2seq', reader.parameters + decoder.parameters, {
      init(key): Seq2seqParams {
        const [forEncoder, forDecoder] = splitKey(key, 2) as [Tensor, Tensor]
        return { encoder: reader.init(forEncoder), decoder: decoder.init(forDecoder, dtype) }
      },
      batch({ examples, batchSize, times }): TargetTensors {
        const targets = examples.map(({ y }: { readonly y: ArrayLike<number> }) => y)
        const rows = { where: 'seq2seq: y', batchSize, time: times.y }
        return {
          ...reader.batch(
            examples.map(({ x }) => x),
            batchSize,
            times.x,
          ),
          y: tokenTensor(targets, targetVocabularySize, rows),
          targetLengths: lengthsOf(targets, batchSize),
        }
      },
      start: () => (typeof teacherForcing === 'number' ? {} : { batches: tensor(0, { dtype: 'int32' }) }),
      loss(params, { x, lengths, y, targetLengths }, { batches }, key) {
        const [batchSize, times] = y.shape as [number, number]
        const isTrue = less(iota(times + 1), targetLengths.reshape([-1, 1]))
        const targets = where(isTrue, concat([y, marks(batchSize)], 1), mark)
        const [forReader, ...forDecoder] = key ? (splitKey(key, 4) as [Tensor, Tensor, Tensor, Tensor]) : []
        const begun = read(params, { x, lengths }, forReader)
        const logits =
          key === undefined || teacherForcing === 1
            ? forced(params, begun, y, forDecoder[0]).logits
            : sampled(params, begun, targets, rateAfter(batches), forDecoder as [Tensor, Tensor, Tensor])

        const present = minimum(lengths, 1)
        const counts = targetLengths.add(1).mul(present) // the end mark is a target, too
        const { mean: loss, weight } = maskedMean(
          crossEntropy(logits, targets, { reduction: 'none' }),
          counts,
        )
        const isRight = equal(argmax(logits), targets)
        const isWhole = all(or(isRight, not(less(iota(times + 1), counts.reshape([-1, 1])))), 1)
        return {
          loss,
          carried: batches ? { batches: batches.add(1) } : {},
          weight,
          metrics: {
            accuracy: maskedMean(isRight.cast(dtype), counts).mean,
            exactMatch: maskedMean(isWhole.cast(dtype).reshape([-1, 1]), present),
          },
        }
      },
    }),
    apply(params, x, y, { lengths = full(x.shape[1]!, [x.shape[0]!], 'int32'), key } = {}) {
      const [forReader, forDecoder] = key ? (splitKey(key, 4) as [Tensor, Tensor]) : []
      const { logits, weights } = forced(params, read(params, { x, lengths }, forReader), y, forDecoder)
      return { logits, attention: weights }
    },
    async predict(params, sequences, options = {}) {
      const decode = decoding(options.backend)
      return inBatches('seq2seq.predict', reader, sequences, options, async (batch) =>
        decode(params, batch, options),
      )
    },
  }
}

/** What is written comes at even times: a cell that may be told the time since the step before is not. */
function untimed<Options extends OptionSpecs>({
  cell,
  options = {},
}: Pick<Seq2seqOptions<Options>, 'cell' | 'options'>): Partial<OptionValues<Options>> {
  return 'timed' in cell.options ? { ...options, timed: false } : options
}
