import { oneHot, type DType, type Tensor } from '@tapeloop/core'
import { embedding, type EmbeddingParams } from '@tapeloop/layers'

/** The part of a model's parameters that tokens enter through. */
export type TokenVectorsParams = {
  /** only with `embeddingSize` */
  readonly embedding?: EmbeddingParams
}

/** What each of `count` tokens is for the layers above: a learned vector of `embeddingSize` numbers, or one-hot without. */
export function tokenVectors(count: number, embeddingSize?: number) {
  const table = embeddingSize === undefined ? null : embedding({ count, size: embeddingSize })
  return {
    /** numbers for each token */
    size: embeddingSize ?? count,
    /** how many numbers the parameters are */
    parameters: count * (embeddingSize ?? 0),
    init: (key: Tensor, dtype: DType): TokenVectorsParams =>
      table ? { embedding: table.init(key, dtype) } : {},
    /** Tokens int32 `[…]` → `[…, size]`. */
    apply: (params: TokenVectorsParams, tokens: Tensor, dtype: DType): Tensor =>
      table && params.embedding ? table.apply(params.embedding, tokens) : oneHot(tokens, count, dtype),
  }
}
