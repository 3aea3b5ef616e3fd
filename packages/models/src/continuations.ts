import { compile, full, refuse, sliceAxis, type Backend, type Tensor } from '@tapeloop/core'
import { beamSearchOf, firstBeams } from './beam-search.js'
import { tokenTensor } from './examples.js'
import type { LanguageModel, LanguageModelParams } from './language-model.js'
import { onEachBackend } from './predicting.js'
import { checkWhole, type State } from './recurrent-stack.js'

/** How the likeliest continuations are looked for. */
export interface BeamOptions {
  /** how many continuations are followed at a time; the more, the likelier what is found */
  readonly beams: number
  /** how many tokens a continuation has at most */
  readonly length: number
  /** a continuation ends before this token, which is not given out */
  readonly stop?: number
  /** the default backend unless given */
  readonly backend?: Backend
}

/** A continuation that was found. */
export interface Beam {
  readonly tokens: readonly number[]
  /** of all its tokens together, that which it ends by included: a sum of natural logarithms */
  readonly logProbability: number
}

/** Looks for the likeliest continuations of a primer; see `LanguageModel.beam`. */
export type BeamSearch = (
  params: LanguageModelParams,
  primer: ArrayLike<number>,
  options: BeamOptions,
) => Promise<Beam[]>

/** What is read before the first token that is looked for. */
type Primer = { readonly x: Tensor; readonly state: State }

/**
 * The likeliest continuations that a beam search finds. They are compared by the mean of their tokens, so that one which
 * ends early is no likelier for being short.
 */
export function continuationsOf(
  model: Pick<LanguageModel, 'apply' | 'initialState' | 'vocabularySize'>,
): BeamSearch {
  const { vocabularySize } = model
  const programs = onEachBackend((backend) => ({
    begin: compile(
      (params: LanguageModelParams, { x, state }: Primer, zeros: Tensor) => {
        const time = x.shape[1]!
        const last = sliceAxis(x, 1, time - 1, time).reshape([1])
        const read = time === 1 ? state : model.apply(params, sliceAxis(x, 1, 0, time - 1), { state }).state
        return firstBeams(read, last, zeros)
      },
      { name: 'beam', ...(backend && { backend }) },
    ),
    search: beamSearchOf(
      'beam',
      (params: LanguageModelParams, before: State, last: Tensor) => {
        const { logits, state } = model.apply(params, last.reshape([-1, 1]), { state: before })
        return { logits: logits.reshape([-1, vocabularySize]), state }
      },
      backend,
    ),
  }))

  return async (params, primer, { beams, length, stop: mark = -1, backend }) => {
    checkWhole('beam', 'beams', beams)
    checkWhole('beam', 'length', length)
    if (primer.length === 0) refuse('beam', 'the primer is empty; give the token to begin with')
    const rows = { where: 'beam: the primer', batchSize: 1, time: primer.length }
    const x = tokenTensor([primer], vocabularySize, rows)
    const zeros = full(0, [1, beams], params.output.kernel.dtype)
    const { begin, search } = programs(backend)
    const first = begin(params, { x, state: model.initialState(1) }, zeros)
    const [found] = await search(params, first, {}, { mark, lengthPenalty: 1, maxLength: length })
    return found!.map(({ tokens, logProbability }) => ({ tokens, logProbability }))
  }
}
