import {
  compile,
  logSoftmax,
  mapTree,
  refuse,
  sliceAxis,
  take,
  tensor,
  topK as largest,
  type Tensor,
} from '@tapeloop/core'
import type { LanguageModel, LanguageModelParams } from './language-model.js'
import { checkWhole, type State } from './recurrent-stack.js'

/** How the likeliest continuations are looked for. */
export interface BeamOptions {
  /** how many continuations are followed at a time; the more, the likelier what is found */
  readonly beams: number
  /** how many tokens a continuation has at most */
  readonly length: number
  /** a continuation ends before this token, which is not given out */
  readonly stop?: number
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

/** A continuation that may go on, and the row of the batch that its state is in. */
interface Open extends Beam {
  readonly row: number
}

/**
 * Beam search (Graves 2012; Sutskever, Vinyals & Le 2014): of all continuations by one token of the best ones so far, the
 * best are kept. What has ended is ranked with the others by the mean of its tokens, so that a short one is no likelier for
 * being short.
 */
export function beamSearchOf(
  model: Pick<LanguageModel, 'apply' | 'initialState' | 'vocabularySize'>,
): BeamSearch {
  /** One token for each row, read after the state of the row that it goes on from. */
  const stepsCompiled = (count: number) =>
    compile(
      (params: LanguageModelParams, before: State, rows: Tensor, tokens: Tensor) => {
        const state = mapTree(before, (leaf) => take(leaf, rows))
        const next = model.apply(params, tokens, { state })
        const [rowCount, time] = [tokens.shape[0]!, tokens.shape[1]!]
        const logits = sliceAxis(next.logits, 1, time - 1, time).reshape([rowCount, model.vocabularySize])
        const { values, indices } = largest(logSoftmax(logits), count)
        return { state: next.state, values, indices }
      },
      { name: 'beam' },
    )
  const compiled = new Map<number, ReturnType<typeof stepsCompiled>>()

  return async (params, primer, { beams, length, stop }) => {
    checkWhole('beam', 'beams', beams)
    checkWhole('beam', 'length', length)
    if (primer.length === 0) refuse('beam', 'the primer is empty; give the token to begin with')
    // one more than is kept, for one of them may be the end
    const count = Math.min(beams + 1, model.vocabularySize)
    const step = compiled.get(count) ?? stepsCompiled(count)
    compiled.set(count, step)
    let open: Open[] = [{ tokens: [], logProbability: 0, row: 0 }]
    let ended: Beam[] = []
    let state = model.initialState(1)
    let read = tensor(Int32Array.from(primer), { shape: [1, primer.length] })
    for (let place = 0; place < length && open.length > 0; place++) {
      const rows = tensor(Int32Array.from(open, ({ row }) => row))
      const next = step(params, state, rows, read)
      const [values, indices] = await Promise.all([next.values.data(), next.indices.data()])
      const further = open.flatMap(({ tokens, logProbability }, row) =>
        Array.from({ length: count }, (_, k) => {
          const [token, more] = [indices[row * count + k]!, values[row * count + k]!]
          return { tokens: [...tokens, token], logProbability: logProbability + more, row }
        }),
      )
      const best = further.toSorted(byMean).slice(0, beams)
      const isEnd = ({ tokens }: Beam) => tokens.at(-1) === stop
      open = best.filter((beam) => !isEnd(beam))
      const over = best.filter(isEnd)
      ended = [...ended, ...over].toSorted(byMean).slice(0, beams)
      state = next.state
      if (open.length > 0) {
        read = tensor(
          Int32Array.from(open, ({ tokens }) => tokens.at(-1)!),
          { shape: [open.length, 1] },
        )
      }
    }
    return [...ended, ...open]
      .toSorted(byMean)
      .slice(0, beams)
      .map(({ tokens, logProbability }) => ({
        tokens: tokens.at(-1) === stop ? tokens.slice(0, -1) : tokens,
        logProbability,
      }))
  }
}

function byMean(a: Beam, b: Beam): number {
  return b.logProbability / b.tokens.length - a.logProbability / a.tokens.length
}
