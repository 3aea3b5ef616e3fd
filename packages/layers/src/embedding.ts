import { refuse, take, type DType, type Tensor } from '@tapeloop/core'
import { checkSizes } from './check.js'
import { normalInit } from './initializer.js'
import { checkParams, drawParams } from './params.js'

/** The parameters of `embedding`: one row for each token, `[count, size]`. */
export type EmbeddingParams = { readonly table: Tensor }

/**
 * A learned vector for each of `count` tokens: int32 `[…]` → `[…, size]`. Starts as N(0, 1/size).
 *
 * @throws where a size is not a whole number from 1; `apply` throws where a token is none of the `count`
 */
export function embedding({ count, size }: { count: number; size: number }) {
  checkSizes('embedding', { count, size })
  const specs = { table: normalInit(1 / Math.sqrt(size), [count, size]) }
  return {
    inputSize: count,
    outputSize: size,
    init: (key: Tensor, dtype: DType = 'float32'): EmbeddingParams => drawParams(specs, key, dtype),
    apply(params: EmbeddingParams, tokens: Tensor): Tensor {
      if (tokens.dtype !== 'int32') refuse('embedding', `the tokens are ${tokens.dtype}; cast them to int32`)
      return take(checkParams('embedding', specs, params, params.table.dtype).table, tokens)
    },
  }
}
