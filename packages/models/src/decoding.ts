import {
  compile,
  equal,
  full,
  refuse,
  type Backend,
  type DType,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { beamSearchOf, firstBeams } from './beam-search.js'
import type { Source } from './decoder.js'
import type { PredictOptions } from './predicting.js'
import type { SequenceTensors } from './reader.js'
import { checkWhole, type State } from './recurrent-stack.js'

/** How sequences are written. */
export interface DecodingOptions extends PredictOptions {
  /** how many hypotheses are kept beside each other; 1 unless said, which takes the likeliest token each time */
  readonly beams?: number
  /**
   * hypotheses are compared by their log-probability divided by their length to this power: 1, unless said, is the mean of
   * a token, 0 favours short ones
   */
  readonly lengthPenalty?: number
  /** the most tokens that are written, the end mark included; 100 unless said */
  readonly maxLength?: number
  /** whether to tell, too, what was looked at; false unless said */
  readonly attention?: boolean
}

/** What is written for one sequence. */
export interface Hypothesis {
  /** without the end mark */
  readonly tokens: readonly number[]
  /** the natural logarithm of their probability, with the end mark where there is one */
  readonly logProbability: number
  /** whether it came to its end, rather than to the most tokens */
  readonly isFinished: boolean
  /** for each token, and the end mark, the weight of each time of what was read; none unless asked for */
  readonly attention: readonly (readonly number[])[]
}

/** What can write: the part that reads, and one step. */
interface Writer<Params extends Tree> {
  readonly dtype: DType
  /** the token that stands before the first and after the last */
  readonly mark: number
  read(params: Params, batch: SequenceTensors): { readonly state: State; readonly source: Source }
  step(
    params: Params,
    state: State,
    last: Tensor,
    source: Source,
  ): { readonly logits: Tensor; readonly weights: Tensor; readonly state: State }
}

/** Compiles the search for the likeliest sequences that a model may write. */
export function decodingOf<Params extends Tree>(
  where: string,
  { dtype, mark, read, step }: Writer<Params>,
  backend: Backend | undefined,
) {
  const begin = compile(
    (params: Params, batch: SequenceTensors, zeros: Tensor) => {
      const { state, source } = read(params, batch)
      const { length, ...beams } = firstBeams(state, full(mark, [zeros.shape[0]!], 'int32'), zeros)
      // rows of padding have ended before they begin
      const isPadding = equal(batch.lengths, 0).cast('int32').reshape([-1, 1])
      return { beams: { ...beams, length: length.add(isPadding) }, source }
    },
    { name: where, ...(backend && { backend }) },
  )
  const search = beamSearchOf(where, step, backend)

  /** What is written for each row of a batch. */
  return async (
    params: Params,
    batch: SequenceTensors,
    { beams: count = 1, lengthPenalty = 1, maxLength = 100, attention = false }: DecodingOptions = {},
  ): Promise<Hypothesis[]> => {
    checkWhole(where, 'beams', count)
    checkWhole(where, 'maxLength', maxLength)
    if (!Number.isFinite(lengthPenalty) || lengthPenalty < 0)
      refuse(where, `lengthPenalty is ${lengthPenalty}; it must be a number from 0`)
    const lengths = await batch.lengths.data()
    const { beams, source } = begin(params, batch, full(0, [lengths.length, count], dtype))
    const found = await search(params, beams, source, { mark, lengthPenalty, maxLength, attention })
    return found.map(([best], row) => {
      const { weights, ...written } = best!
      return { ...written, attention: weights.map((step) => step.slice(0, lengths[row])) }
    })
  }
}
