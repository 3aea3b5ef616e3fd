import { concat, flatten, refuse, splitKey, unflatten, type DType, type Tensor } from '@tapeloop/core'
import {
  additiveAttention,
  dotAttention,
  linear,
  type AdditiveAttentionParams,
  type Attended,
  type LinearParams,
  type OptionSpecs,
} from '@tapeloop/layers'
import { recurrentStack, type RecurrentStackOptions, type State } from './recurrent-stack.js'
import { tokenVectors, type TokenVectorsParams } from './token-vectors.js'

const kinds = ['dot', 'additive'] as const

/** How a decoder asks for what it has read: `dotAttention` or `additiveAttention`. */
export type AttentionKind = (typeof kinds)[number]

/** The parameters of a decoder; `recurrent` holds `{ layers: [...] }`, the lowest first. */
export type DecoderParams = TokenVectorsParams & {
  readonly recurrent: State
  /** only with the attention `additive` */
  readonly attention?: AdditiveAttentionParams
  readonly output: LinearParams
}

/** What has been read: outputs `[batch, time, size]`, and how many of each row count, int32 `[batch]`. */
export type Source = { readonly outputs: Tensor; readonly lengths: Tensor }

/** What a decoder says of the next token: logits `[…, tokens]`, and the weights `[…, time]` of what it looked at. */
type Said = { readonly logits: Tensor; readonly weights: Tensor }

/** What a decoder is made of. */
interface DecoderOptions<Options extends OptionSpecs> extends RecurrentStackOptions<Options> {
  /** how many different tokens there are, all marks included */
  readonly tokens: number
  readonly embeddingSize?: number | undefined
  /** features of the outputs that are read */
  readonly sourceSize: number
  readonly attention: AttentionKind
}

/** Layers of a cell that read the tokens written so far; their output asks for the source, and both go to the logits. */
export function attentiveDecoder<Options extends OptionSpecs>(where: string, given: DecoderOptions<Options>) {
  const { tokens, embeddingSize, sourceSize, attention: kind } = given
  if (!kinds.includes(kind)) refuse(where, `attention is ${String(kind)}; it must be ${kinds.join(' or ')}`)
  const vectors = tokenVectors(tokens, embeddingSize)
  const { layer, cell, parameters } = recurrentStack(where, vectors.size, { ...given, bidirectional: false })
  const size = layer.outputSize
  if (kind === 'dot' && size !== sourceSize) {
    refuse(
      where,
      `attention is dot, but the encoder puts out ${sourceSize} features and the decoder ${size}; take additive`,
    )
  }
  const additive =
    kind === 'additive'
      ? additiveAttention({ querySize: size, stateSize: sourceSize, hiddenSize: size })
      : null
  const head = linear({ inputSize: sourceSize + size, outputSize: tokens })

  /** What follows from outputs `[batch, queries, size]`. */
  function say(params: DecoderParams, output: Tensor, { outputs, lengths }: Source): Said {
    const { context, weights }: Attended =
      additive && params.attention
        ? additive.apply(params.attention, output, outputs, { lengths })
        : dotAttention(output, outputs, { lengths })
    return { logits: head.apply(params.output, concat([context, output], -1)), weights }
  }

  return {
    /** how many numbers the parameters are */
    parameters:
      parameters +
      vectors.parameters +
      (additive ? (size + sourceSize + 1) * size : 0) +
      (sourceSize + size + 1) * tokens,
    init(key: Tensor, dtype: DType): DecoderParams {
      const [forTable, forLayers, forAttention, forHead] = splitKey(key, 4) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ]
      return {
        ...vectors.init(forTable, dtype),
        recurrent: layer.init(forLayers, dtype),
        ...(additive && { attention: additive.init(forAttention, dtype) }),
        output: head.init(forHead, dtype),
      }
    },
    /** The state to begin with: that of layers of the same cell. An entry that has another shape here begins at 0. */
    startFrom(state: State, batchSize: number, dtype: DType): State {
      const zeros = flatten(layer.initialState(batchSize, dtype))
      const { leaves } = flatten(state)
      return unflatten(
        zeros.structure,
        zeros.leaves.map((zero, i) => (leaves[i]!.shape.join() === zero.shape.join() ? leaves[i]! : zero)),
      )
    },
    /** All steps at once, where the tokens written so far are known: int32 `[batch, time]`. */
    whole(
      params: DecoderParams,
      state: State,
      written: Tensor,
      source: Source,
      { key }: { readonly key?: Tensor } = {},
    ): Said {
      const read = vectors.apply(params, written, source.outputs.dtype)
      const { output } = layer.apply(params.recurrent, read, { state, ...(key && { key }) })
      return say(params, output, source)
    },
    /**
     * One step: the token written last, int32 `[rows]`, leads to the next state, logits `[rows, tokens]` and weights
     * `[rows, time]`. As many rows as the source has, or equally many for each of its rows, side by side.
     */
    step(
      params: DecoderParams,
      state: State,
      last: Tensor,
      source: Source,
      random: { readonly key?: Tensor; readonly step?: Tensor } = {},
    ): Said & { readonly state: State } {
      const read = vectors.apply(params, last, source.outputs.dtype)
      const { y, ...next } = cell.step(params.recurrent, state, read, random)
      const rows = last.shape[0]!
      const batchSize = source.outputs.shape[0]!
      const said = say(params, y!.reshape([batchSize, rows / batchSize, size]), source)
      return {
        logits: said.logits.reshape([rows, tokens]),
        weights: said.weights.reshape([rows, -1]),
        state: next,
      }
    },
  }
}
