import { iota, less, refuse, softmax, tanh, where, type DType, type Tensor } from '@tapeloop/core'
import { checkFeatures, checkFloat, checkLengths, checkSizes, showShape } from './check.js'
import { glorotUniform } from './initializer.js'
import { checkParams, drawParams } from './params.js'

/** What attention may be told besides queries and states. */
export interface AttentionOptions {
  /** int32 `[batch]`: how many states of each row count, all of them unless given; the others get weight and gradient 0 */
  readonly lengths?: Tensor
}

/** The mean of the states for each query, `context` `[batch, queries, size]`, and its weights `[batch, queries, time]`. */
export type Attended = { readonly context: Tensor; readonly weights: Tensor }

/**
 * For each query the mean of all states, weighted by the softmax of their products with it (Luong, Pham & Manning 2015,
 * section 3.1, `dot`). queries `[batch, queries, size]`, states `[batch, time, size]`. With `scaled` the products are
 * divided by √size (Vaswani et al. 2017, section 3.2.1). A row of length 0 gets zeros.
 *
 * @throws where shapes or dtypes do not fit
 */
export function dotAttention(
  queries: Tensor,
  states: Tensor,
  { lengths, scaled = false }: AttentionOptions & { readonly scaled?: boolean } = {},
): Attended {
  checkPair('dotAttention', queries, states)
  checkFeatures('dotAttention', queries, states.shape[2]!)
  const kept = keep('dotAttention', states, lengths)
  const scores = queries.matmul(kept.states.transpose([0, 2, 1]))
  return attend(scaled ? scores.div(Math.sqrt(states.shape[2]!)) : scores, kept)
}

/** The parameters of `additiveAttention`. */
export type AdditiveAttentionParams = {
  readonly queryKernel: Tensor
  readonly stateKernel: Tensor
  readonly scoreKernel: Tensor
}

/**
 * As `dotAttention`, but the score of a state s for a query q is v · tanh(W q + U s), learned and for any two sizes
 * (Bahdanau, Cho & Bengio 2015, section A.1.2).
 *
 * @throws where a size is not a whole number from 1; `apply` throws where shapes or dtypes do not fit
 */
export function additiveAttention(sizes: { querySize: number; stateSize: number; hiddenSize: number }) {
  checkSizes('additiveAttention', sizes)
  const { querySize, stateSize, hiddenSize } = sizes
  const specs = {
    queryKernel: glorotUniform([querySize, hiddenSize]),
    stateKernel: glorotUniform([stateSize, hiddenSize]),
    scoreKernel: glorotUniform([hiddenSize, 1]),
  }
  return {
    inputSize: querySize,
    outputSize: stateSize,
    init: (key: Tensor, dtype: DType = 'float32'): AdditiveAttentionParams => drawParams(specs, key, dtype),
    apply(
      params: AdditiveAttentionParams,
      queries: Tensor,
      states: Tensor,
      { lengths }: AttentionOptions = {},
    ): Attended {
      checkPair('additiveAttention', queries, states)
      checkFeatures('additiveAttention', queries, querySize)
      checkFeatures('additiveAttention', states, stateSize)
      const { queryKernel, stateKernel, scoreKernel } = checkParams(
        'additiveAttention',
        specs,
        params,
        states.dtype,
      )
      const kept = keep('additiveAttention', states, lengths)
      const [batchSize, count] = queries.shape as [number, number]
      const time = states.shape[1]!
      const q = queries.matmul(queryKernel).reshape([batchSize, count, 1, hiddenSize])
      const s = kept.states.matmul(stateKernel).reshape([batchSize, 1, time, hiddenSize])
      return attend(tanh(q.add(s)).matmul(scoreKernel).reshape([batchSize, count, time]), kept)
    },
  }
}

/** States without what lies behind the lengths, and where they count: bool `[batch, 1, time]`. */
type Kept = { readonly states: Tensor; readonly mask?: Tensor }

/** What stands behind the lengths may be anything, so it must not even be multiplied by 0. */
function keep(name: string, states: Tensor, lengths: Tensor | undefined): Kept {
  if (lengths === undefined) return { states }
  const [batchSize, time] = states.shape as [number, number]
  checkLengths(name, lengths, batchSize)
  const mask = less(iota(time), lengths.reshape([batchSize, 1, 1]))
  return { states: where(mask.reshape([batchSize, time, 1]), states, 0), mask }
}

/** A score so low that its weight is 0 beside any other; alone in a row it stays finite, unlike −∞. */
const lowest = -1e30

function attend(scores: Tensor, { states, mask }: Kept): Attended {
  const weights = mask ? where(mask, softmax(where(mask, scores, lowest)), 0) : softmax(scores)
  return { context: weights.matmul(states), weights }
}

function checkPair(name: string, queries: Tensor, states: Tensor): void {
  checkFloat(name, 'queries', queries)
  checkFloat(name, 'states', states)
  if (queries.rank !== 3 || states.rank !== 3 || queries.shape[0] !== states.shape[0]) {
    refuse(
      name,
      `queries and states have shapes ${showShape(queries.shape)} and ${showShape(states.shape)}; they must be [batch, queries, size] and [batch, time, size], of the same batch`,
    )
  }
}
