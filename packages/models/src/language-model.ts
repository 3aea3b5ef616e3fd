import {
  compile,
  refuse,
  sliceAxis,
  softmax,
  splitKey,
  tensor,
  type DType,
  type Tensor,
} from '@tapeloop/core'
import { evaluationBatches, type PaddedBatch, type TokenBatch } from '@tapeloop/data'
import { crossEntropy, linear, type LinearParams, type OptionSpecs } from '@tapeloop/layers'
import { evaluate, perplexity, type EvaluateOptions, type Task } from '@tapeloop/train'
import { anatomyOf, type Anatomy } from './anatomy.js'
import { tokenTensor } from './examples.js'
import { maskedMean } from './masked-mean.js'
import {
  checkUntimed,
  checkWhole,
  recurrentStack,
  type RecurrentStackOptions,
  type State,
} from './recurrent-stack.js'
import { continuationsOf, type BeamSearch } from './continuations.js'
import { samplerOf, type Sampler, type SamplerOptions } from './sampler.js'
import { saved, type Saved } from './saved.js'
import { tokenVectors, type TokenVectorsParams } from './token-vectors.js'

/** What a language model is made of. */
export interface LanguageModelOptions<
  Options extends OptionSpecs = OptionSpecs,
> extends RecurrentStackOptions<Options> {
  /** how many different tokens there are: the size of the tokenizer */
  readonly vocabularySize: number
  /** length of a learned vector for each token; without it tokens enter one-hot, `vocabularySize` numbers each */
  readonly embeddingSize?: number
  /** of the parameters; float32 unless said */
  readonly dtype?: DType
}

/** The parameters of a language model; `recurrent` holds `{ layers: [...] }`, the lowest first. */
export type LanguageModelParams = TokenVectorsParams & {
  readonly recurrent: State
  readonly output: LinearParams
}

/** Windows of tokens and the token after each, both int32 `[batch, time]`. */
export type TokenTensors = {
  readonly x: Tensor
  readonly y: Tensor
  /** int32 `[batch]`: how many tokens of each row count; all unless given */
  readonly lengths?: Tensor
}

/** How well a model predicts a text. */
export interface TextEvaluation {
  /** mean cross entropy of a token */
  readonly nats: number
  /** e to the power of that */
  readonly perplexity: number
  /** how many tokens were predicted: all but the first */
  readonly tokens: number
}

/** How a text is evaluated. */
export interface TextEvaluationOptions extends Pick<EvaluateOptions, 'backend' | 'signal'> {
  /** lanes of the text that run side by side, each from a zero state: 1 (the default) is the text in one piece */
  readonly batchSize?: number
  /** tokens that are read at once; 256 unless said */
  readonly seqLength?: number
  /** told before each batch how many of all are done */
  progress?(done: number, total: number): void
}

/** A recurrent network that predicts the next token. As a task it can be handed to `fit` as it is. */
export interface LanguageModel
  extends
    Task<LanguageModelParams, TokenBatch | PaddedBatch, TokenTensors, State>,
    Saved<LanguageModelParams> {
  readonly vocabularySize: number
  /** how many numbers its parameters are */
  readonly parameters: number
  /** The model taken apart. */
  readonly anatomy: Anatomy<LanguageModelParams>
  /** The state before the first token, all zeros. */
  initialState(batchSize: number): State
  /** Logits `[batch, time, vocabularySize]` of the token after each of x, int32 `[batch, time]`, and the state after. */
  apply(
    params: LanguageModelParams,
    x: Tensor,
    options?: { readonly state?: State; readonly lengths?: Tensor; readonly key?: Tensor },
  ): { readonly logits: Tensor; readonly state: State }
  /**
   * How well the model predicts a text, every token after the first exactly once.
   *
   * @throws where the text has fewer than two tokens
   */
  evaluate(
    params: LanguageModelParams,
    tokens: Int32Array,
    options?: TextEvaluationOptions,
  ): Promise<TextEvaluation>
  /**
   * Reads tokens, and tells of every token how likely it is to come next.
   *
   * @param state what was read before them, from another call; nothing unless given
   * @throws where there are no tokens, or one is none of the model's
   */
  next(params: LanguageModelParams, tokens: ArrayLike<number>, state?: State): Promise<NextToken>
  /** The likeliest continuations of a primer that a beam search finds, the best first. */
  readonly beam: BeamSearch
  /** Compiles one step of the model for drawing text from it. */
  sampler(options?: SamplerOptions): Sampler
}

/** What may come next. */
export interface NextToken {
  /** of each token, `[vocabularySize]`; they add up to 1 */
  readonly probabilities: Float32Array | Float64Array
  /** what was read, to go on from */
  readonly state: State
}

/**
 * A language model over any cell: tokens, one-hot or embedded, go through layers of the cell to logits of the next token.
 *
 * @example
 * const model = languageModel({ cell: lstm, vocabularySize: tokenizer.size, hiddenSize: 128 })
 * for await (const event of fit(model, { data, optimizer: adam(), steps: 1000 })) …
 * @throws where a size is no whole number from 1, or the cell has no such option
 */
export function languageModel<Options extends OptionSpecs>(
  given: LanguageModelOptions<Options>,
): LanguageModel {
  const { vocabularySize, embeddingSize, dtype = 'float32' } = given
  checkWhole('languageModel', 'vocabularySize', vocabularySize)
  if (embeddingSize !== undefined) checkWhole('languageModel', 'embeddingSize', embeddingSize)
  checkUntimed('languageModel', given.options)
  const vectors = tokenVectors(vocabularySize, embeddingSize)
  const { layer, parameters, built } = recurrentStack('languageModel', vectors.size, given)
  const head = linear({ inputSize: layer.outputSize, outputSize: vocabularySize })

  function init(key: Tensor): LanguageModelParams {
    const [forTable, forLayers, forHead] = splitKey(key, 3) as [Tensor, Tensor, Tensor]
    return {
      ...vectors.init(forTable, dtype),
      recurrent: layer.init(forLayers, dtype),
      output: head.init(forHead, dtype),
    }
  }

  const anatomy = anatomyOf<LanguageModelParams>(built, {
    enter: (params, x) => vectors.apply(params, x, params.output.kernel.dtype),
    leave: (params, output) => head.apply(params.output, output),
  })

  const apply: LanguageModel['apply'] = (params, x, options = {}) => {
    const { output, state } = layer.apply(params.recurrent, anatomy.enter(params, x), options)
    return { logits: anatomy.leave(params, output), state }
  }

  const initialState = (batchSize: number): State => layer.initialState(batchSize, dtype)
  const sampled = { apply, initialState, vocabularySize }

  const readOn = compile(
    (params: LanguageModelParams, x: Tensor, state: State) => {
      const next = apply(params, x, { state })
      const last = sliceAxis(next.logits, 1, x.shape[1]! - 1, x.shape[1]!)
      return { probabilities: softmax(last).reshape([vocabularySize]), state: next.state }
    },
    { name: 'languageModel.next' },
  )

  const task: Task<LanguageModelParams, TokenBatch | PaddedBatch, TokenTensors, State> = {
    init,
    batch: ({ x, y, shape, ...rest }) => ({
      x: tensor(x, { shape }),
      y: tensor(y, { shape }),
      ...('lengths' in rest && { lengths: tensor(rest.lengths) }),
    }),
    start: ({ x }) => initialState(x.shape[0]!),
    loss(params, { x, y, lengths }, carried, key) {
      const { logits, state } = apply(params, x, {
        state: carried,
        ...(lengths && { lengths }),
        ...(key && { key }),
      })
      const losses = crossEntropy(logits, y, { reduction: 'none' })
      if (lengths === undefined) return { loss: losses.mean(), carried: state, weight: losses.size }
      const { mean: loss, weight } = maskedMean(losses, lengths)
      return { loss, carried: state, weight }
    },
  }

  return {
    ...task,
    ...saved('languageModel', init),
    vocabularySize,
    parameters: parameters + vectors.parameters + (layer.outputSize + 1) * vocabularySize,
    anatomy,
    initialState,
    apply,
    async evaluate(params, tokens, { batchSize = 1, seqLength = 256, progress, ...options } = {}) {
      const data = evaluationBatches(tokens, { batchSize, seqLength, context: 'stream' })
      const batch: typeof data.batch = (cursor) => {
        progress?.(cursor.batch, data.batchesPerEpoch)
        return data.batch(cursor)
      }
      const { loss, weight } = await evaluate(task, params, { ...data, batch }, options)
      return { nats: loss, perplexity: perplexity(loss), tokens: weight }
    },
    async next(params, tokens, before = initialState(1)) {
      if (tokens.length === 0) refuse('languageModel.next', 'there are no tokens; give one or more')
      const rows = { where: 'languageModel.next: tokens', batchSize: 1, time: tokens.length }
      const { probabilities, state } = readOn(params, tokenTensor([tokens], vocabularySize, rows), before)
      return { probabilities: (await probabilities.data()) as Float32Array | Float64Array, state }
    },
    beam: continuationsOf(sampled),
    sampler: (options) => samplerOf(sampled, options),
  }
}
