import {
  add,
  and,
  broadcastTo,
  compile,
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
  scan,
  take,
  takeAlongAxis,
  tensor,
  topK,
  where,
  type Backend,
  type Tensor,
  type Tree,
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

/** What follows from the tokens written last, int32 `[rows]`. */
type Step<Params extends Tree, Source extends Tree> = (
  params: Params,
  state: State,
  last: Tensor,
  source: Source,
) => {
  /** `[rows, tokens]` */
  readonly logits: Tensor
  readonly state: State
  /** what was looked at, `[rows, …]` */
  readonly weights?: Tensor
}

/** What is searched for. */
interface Search {
  /** the token that ends a hypothesis; −1 where none does */
  readonly mark: number
  readonly lengthPenalty: number
  readonly maxLength: number
  /** whether to tell what was looked at */
  readonly attention?: boolean
}

/** A hypothesis that was found. */
interface Found {
  /** without the end mark */
  readonly tokens: readonly number[]
  readonly logProbability: number
  readonly isFinished: boolean
  /** what was looked at before each token, and before the end mark */
  readonly weights: readonly (readonly number[])[]
}

/** Less likely than any hypothesis; unlike −∞ it may be added and divided. */
const lowest = -1e30

/** So many steps are one program: what does not change from token to token is computed once for all of them. */
const stepsAtOnce = 32

/**
 * Hypotheses that go on from the state of each row and its last token, int32 `[batch]`. Only the first of a row counts, so
 * that they do not all go on alike. zeros `[batch, beams]`.
 */
export function firstBeams(state: State, last: Tensor, zeros: Tensor): Beams {
  const shape = zeros.shape as [number, number]
  const [batchSize, count] = shape
  const rows = broadcastTo(iota(batchSize).reshape([batchSize, 1]), shape).reshape([-1])
  return {
    state: mapTree(state, (leaf) => take(leaf, rows)),
    token: broadcastTo(last.reshape([batchSize, 1]), shape),
    total: where(equal(iota(count), 0), zeros, lowest),
    length: full(0, shape, 'int32'),
  }
}

/**
 * The best hypotheses of each row with one more token, by the log-probability divided by length^penalty. One that has ended
 * stays as it is for as long as it is among the best.
 *
 * @returns the hypotheses, and int32 `[batch, beams]`: which of those before each goes on from
 */
function nextBeams(
  { token: last, total, length }: Beams,
  { logits, state }: { readonly logits: Tensor; readonly state: State },
  mark: Tensor,
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

/**
 * Compiles a beam search (Graves 2012; Sutskever, Vinyals & Le 2014): of all continuations by one token of the best
 * hypotheses so far, the best are kept.
 *
 * @returns a search from first hypotheses, whose memory it takes; it gives those of each row, the best first
 */
export function beamSearchOf<Params extends Tree, Source extends Tree>(
  where: string,
  step: Step<Params, Source>,
  backend: Backend | undefined,
) {
  const proceed = (attention: boolean) =>
    compile(
      (
        params: Params,
        first: Beams,
        source: Source,
        rule: { mark: Tensor; penalty: Tensor },
        places: Tensor,
      ) =>
        scan(
          (before: Beams): [Beams, Trail] => {
            const { weights, ...next } = step(params, before.state, before.token.reshape([-1]), source)
            const { beams, parent } = nextBeams(before, next, rule.mark, rule.penalty)
            const looks = attention && weights && { weights: weights.reshape([...parent.shape, -1]) }
            return [beams, { parent, token: beams.token, ...looks }]
          },
          first,
          places,
        ),
      { name: where, donate: [1], ...(backend && { backend }) },
    )
  const [plain, attentive] = [proceed(false), proceed(true)]

  return async (
    params: Params,
    first: Beams,
    source: Source,
    { mark, lengthPenalty, maxLength, attention = false }: Search,
  ): Promise<Found[][]> => {
    const run = attention ? attentive : plain
    const rule = {
      mark: tensor(mark, { dtype: 'int32' }),
      penalty: tensor(lengthPenalty, { dtype: first.total.dtype }),
    }
    const choices: Choices[] = []
    let beams = first
    do {
      const places = full(0, [Math.min(stepsAtOnce, maxLength - choices.length)], 'int32')
      const [after, trail] = run(params, beams, source, rule, places)
      beams = after
      choices.push(...(await choicesOf(trail)))
    } while (
      choices.length < maxLength &&
      choices
        .at(-1)!
        .token.flat()
        .some((token) => token !== mark)
    )
    await beams.total.data()
    return (beams.total.toNested() as number[][]).map((totals, row) =>
      totals.flatMap((logProbability, beam) =>
        logProbability < lowest / 2 ? [] : [{ logProbability, ...pathTo(choices, row, beam, mark) }],
      ),
    )
  }
}

/** What is kept of each step to read the hypotheses back: what `nextBeams` says, and what was looked at, if asked for. */
type Trail = { readonly parent: Tensor; readonly token: Tensor; readonly weights?: Tensor }

/** The same of one step as numbers. */
interface Choices {
  readonly parent: readonly (readonly number[])[]
  readonly token: readonly (readonly number[])[]
  readonly weights: readonly (readonly (readonly number[])[])[] | undefined
}

async function choicesOf({ parent, token, weights }: Trail): Promise<Choices[]> {
  await Promise.all([parent.data(), token.data(), weights?.data()])
  const parents = parent.toNested() as number[][][]
  const tokens = token.toNested() as number[][][]
  const looks = weights?.toNested() as number[][][][] | undefined
  return tokens.map((token, i) => ({ parent: parents[i]!, token, weights: looks?.[i] }))
}

/** The tokens of a hypothesis, read back from the last step. */
function pathTo(choices: readonly Choices[], row: number, beam: number, mark: number) {
  let at = beam
  const backwards = choices.toReversed().map(({ parent, token, weights }) => {
    const from = parent[row]![at]!
    const chosen = { token: token[row]![at]!, weights: weights?.[row]![from] }
    at = from
    return chosen
  })
  const path = backwards.toReversed()
  const end = path.findIndex(({ token }) => token === mark)
  const isFinished = end >= 0
  return {
    tokens: path.slice(0, isFinished ? end : path.length).map(({ token }) => token),
    isFinished,
    weights: path
      .slice(0, isFinished ? end + 1 : path.length)
      .flatMap(({ weights }) => (weights ? [weights] : [])),
  }
}
