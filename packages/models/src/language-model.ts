import { oneHot, splitKey, tensor, type DType, type Tensor } from '@tapeloop/core'
import { evaluationBatches, type PaddedBatch, type TokenBatch } from '@tapeloop/data'
import {
  crossEntropy,
  embedding,
  linear,
  type EmbeddingParams,
  type LinearParams,
  type OptionSpecs,
} from '@tapeloop/layers'
import { evaluate, perplexity, type EvaluateOptions, type Task } from '@tapeloop/train'
import { maskedMean } from './masked-mean.js'
import { checkWhole, recurrentStack, type RecurrentStackOptions, type State } from './recurrent-stack.js'
import { samplerOf, type Sampler, type SamplerOptions } from './sampler.js'
import { saved, type Saved } from './saved.js'

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
export type LanguageModelParams = {
  /** only with `embeddingSize` */
  readonly embedding?: EmbeddingParams
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
  /** Compiles one step of the model for drawing text from it. */
  sampler(options?: SamplerOptions): Sampler
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
  const table = embeddingSize === undefined ? null : embedding({ count: vocabularySize, size: embeddingSize })
  const { layer, parameters } = recurrentStack('languageModel', embeddingSize ?? vocabularySize, given)
  const head = linear({ inputSize: layer.outputSize, outputSize: vocabularySize })

  function init(key: Tensor): LanguageModelParams {
    const [forTable, forLayers, forHead] = splitKey(key, 3) as [Tensor, Tensor, Tensor]
    return {
      ...(table && { embedding: table.init(forTable, dtype) }),
      recurrent: layer.init(forLayers, dtype),
      output: head.init(forHead, dtype),
    }
  }

  const apply: LanguageModel['apply'] = (params, x, options = {}) => {
    const kind = params.output.kernel.dtype
    const vectors =
      table && params.embedding ? table.apply(params.embedding, x) : oneHot(x, vocabularySize, kind)
    const { output, state } = layer.apply(params.recurrent, vectors, options)
    return { logits: head.apply(params.output, output), state }
  }

  const initialState = (batchSize: number): State => layer.initialState(batchSize, dtype)

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
    parameters: parameters + vocabularySize * (embeddingSize ?? 0) + (layer.outputSize + 1) * vocabularySize,
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
    sampler: (options) => samplerOf({ apply, initialState, vocabularySize }, options),
  }
}
