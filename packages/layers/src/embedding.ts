import { equal, iota, refuse, stopGradient, take, where, type DType, type Tensor } from '@tapeloop/core'
import { checkFeatures, checkSizes } from './check.js'
import { normalInit } from './initializer.js'
import { checkParams, drawParams } from './params.js'

/** The parameters of `embedding`: one row for each token, `[count, size]`. */
export type EmbeddingParams = { readonly table: Tensor }

/**
 * A learned vector for each of `count` tokens: int32 `[…]` → `[…, size]`. Starts as N(0, 1/size). The row of the token
 * `padding`, where one is named, starts as zeros and stays as it is: its gradient is 0.
 *
 * `scores` uses the same table the other way: y `[…, size]` · rowᵀ → `[…, count]`, one number for each token, so that a
 * model reads and writes with tied weights (Press & Wolf 2017; Inan et al. 2017). The gradient is the sum of both uses.
 *
 * @throws where a size is not a whole number from 1, or `padding` is no token; `apply` throws where a token is none of
 *   the `count`, `scores` where y has other features
 */
export function embedding({ count, size, padding }: { count: number; size: number; padding?: number }) {
  checkSizes('embedding', { count, size })
  if (padding !== undefined && !(Number.isInteger(padding) && padding >= 0 && padding < count))
    refuse('embedding', `padding is ${padding}; it must be a token, a whole number from 0 to ${count - 1}`)
  const isPadding = () => equal(iota(count), padding ?? -1).reshape([count, 1])
  const normal = normalInit(1 / Math.sqrt(size), [count, size])
  const specs = {
    table:
      padding === undefined
        ? normal
        : { ...normal, draw: (key: Tensor, dtype: DType) => where(isPadding(), 0, normal.draw(key, dtype)) },
  }
  return {
    inputSize: count,
    outputSize: size,
    init: (key: Tensor, dtype: DType = 'float32'): EmbeddingParams => drawParams(specs, key, dtype),
    apply(params: EmbeddingParams, tokens: Tensor): Tensor {
      if (tokens.dtype !== 'int32') refuse('embedding', `the tokens are ${tokens.dtype}; cast them to int32`)
      const { table } = checkParams('embedding', specs, params, params.table.dtype)
      return take(padding === undefined ? table : where(isPadding(), stopGradient(table), table), tokens)
    },
    scores(params: EmbeddingParams, y: Tensor): Tensor {
      checkFeatures('embedding', y, size)
      return y.matmul(checkParams('embedding', specs, params, y.dtype).table.transpose())
    },
  }
}
