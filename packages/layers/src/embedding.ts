import { take, type DType, type Tensor } from '@tapeloop/core'
import { normalInit } from './initializer.js'
import { drawParams } from './params.js'

/** The parameters of `embedding`: one row for each token, `[count, size]`. */
export type EmbeddingParams = { readonly table: Tensor }

/** A learned vector for each of `count` tokens: int32 `[…]` → `[…, size]`. Starts as N(0, 1/size). */
export function embedding({ count, size }: { count: number; size: number }) {
  return {
    inputSize: count,
    outputSize: size,
    init: (key: Tensor, dtype: DType = 'float32'): EmbeddingParams =>
      drawParams({ table: normalInit(1 / Math.sqrt(size), [count, size]) }, key, dtype),
    apply: ({ table }: EmbeddingParams, tokens: Tensor): Tensor => take(table, tokens),
  }
}
