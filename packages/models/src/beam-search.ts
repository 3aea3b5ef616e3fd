import {
  add,
  and,
  broadcastTo,
  div,
  equal,
  full,
  iota,
  less,
  logSoftmax,
  mapTree,
  mul,
  not,
  pow,
  remainder,
  take,
  takeAlongAxis,
  topK,
  where,
  type Tensor,
} from '@tapeloop/core'
import type { State } from './recurrent-stack.js'

/** The best hypotheses of each row, the best first, `[batch, beams]`; their states stand side by side, `[batch · beams, …]`. */
export type Beams = {
  readonly state: State
  /** int32: the token written last */
  readonly token: Tensor
  /** the log-probability of all its tokens */
  readonly total: Tensor
  /** int32: how many those are, with the end mark */
  readonly length: Tensor
}

/** Less likely than any hypothesis; unlike −∞ it may be added and divided. */
const lowest = -1e30

/** Hypotheses that begin from the state of each row. Only one counts, so that they do not all go on alike. */
export function firstBeams(state: State, zeros: Tensor, mark: number): Beams {
  const [batchSize, count] = zeros.shape as [number, number]
  const rows = broadcastTo(iota(batchSize).reshape([batchSize, 1]), [batchSize, count]).reshape([-1])
  return {
    state: mapTree(state, (leaf) => take(leaf, rows)),
    token: full(mark, [batchSize, count], 'int32'),
    total: where(equal(iota(count), 0), zeros, lowest),
    length: full(0, [batchSize, count], 'int32'),
  }
}

/**
 * The best hypotheses of each row with one more token, by the log-probability divided by length^penalty. One that has
 * ended stays as it is for as long as it is among the best.
 *
 * @param logits of what follows each, `[batch · beams, tokens]`
 * @param state after the token that each has written last
 * @returns the hypotheses, and int32 `[batch, beams]`: which of those before each goes on from
 */
export function nextBeams(
  { token: last, total, length }: Beams,
  { logits, state }: { readonly logits: Tensor; readonly state: State },
  mark: number,
  penalty: Tensor,
): { readonly beams: Beams; readonly parent: Tensor } {
  const [batchSize, count] = total.shape as [number, number]
  const tokens = logits.shape[1]!
  const all = [batchSize, count, tokens]
  const each = [batchSize, count, 1]
  const hasEnded = and(equal(last, mark), less(0, length))
  const gains = where(
    hasEnded.reshape(each),
    where(equal(iota(tokens), mark), full(0, [], total.dtype), lowest),
    logSoftmax(logits).reshape(all),
  )
  const totals = add(total.reshape(each), gains)
  const lengths = add(length, not(hasEnded).cast('int32'))
  const scores = div(totals, pow(lengths.cast(total.dtype), penalty).reshape(each))

  const { indices } = topK(scores.reshape([batchSize, count * tokens]), count)
  const beamOf = broadcastTo(iota(count).reshape([count, 1]), [count, tokens]).reshape([-1])
  const parent = take(beamOf, indices)
  const rows = add(parent, mul(iota(batchSize), count).reshape([batchSize, 1])).reshape([-1])
  return {
    parent,
    beams: {
      state: mapTree(state, (leaf) => take(leaf, rows)),
      token: remainder(indices, tokens),
      total: takeAlongAxis(totals.reshape([batchSize, count * tokens]), indices, 1),
      length: takeAlongAxis(lengths, parent, 1),
    },
  }
}
