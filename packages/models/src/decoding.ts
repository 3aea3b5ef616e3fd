import {
  compile,
  full,
  refuse,
  scan,
  tensor,
  type Backend,
  type DType,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { firstBeams, nextBeams, type Beams } from './beam-search.js'
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

/** What is kept of each step to read the hypotheses back: what `nextBeams` says, and what was looked at, if asked for. */
type Trail = { readonly parent: Tensor; readonly token: Tensor; readonly weights?: Tensor }

/** So many steps are one program: what does not change from token to token is computed once for all of them. */
const stepsAtOnce = 32

/** Compiles the search for the likeliest sequences that a model may write. */
export function decodingOf<Params extends Tree>(
  where: string,
  { dtype, mark, read, step }: Writer<Params>,
  backend: Backend | undefined,
) {
  const on = { name: where, ...(backend && { backend }) }
  const begin = compile((params: Params, batch: SequenceTensors, zeros: Tensor) => {
    const { state, source } = read(params, batch)
    return { beams: firstBeams(state, zeros, mark), source }
  }, on)
  const proceed = (attention: boolean) =>
    compile(
      (params: Params, first: Beams, source: Source, penalty: Tensor, places: Tensor) =>
        scan(
          (before: Beams): [Beams, Trail] => {
            const { weights, ...next } = step(params, before.state, before.token.reshape([-1]), source)
            const { beams, parent } = nextBeams(before, next, mark, penalty)
            const looks = attention && { weights: weights.reshape([...beams.token.shape, -1]) }
            return [beams, { parent, token: beams.token, ...looks }]
          },
          first,
          places,
        ),
      { ...on, donate: [1] },
    )
  const [plain, attentive] = [proceed(false), proceed(true)]

  /** What is written for each row of a batch. */
  return async (
    params: Params,
    batch: SequenceTensors,
    { beams: width = 1, lengthPenalty = 1, maxLength = 100, attention = false }: DecodingOptions = {},
  ): Promise<Hypothesis[]> => {
    checkWhole(where, 'beams', width)
    checkWhole(where, 'maxLength', maxLength)
    if (!Number.isFinite(lengthPenalty) || lengthPenalty < 0)
      refuse(where, `lengthPenalty is ${lengthPenalty}; it must be a number from 0`)
    const lengths = await batch.lengths.data()
    const run = attention ? attentive : plain
    const penalty = tensor(lengthPenalty, { dtype })
    const { beams: first, source } = begin(params, batch, full(0, [lengths.length, width], dtype))
    const choices: Choices[] = []
    // rows of padding never end
    const isOpen = ({ token }: Choices) =>
      token.some((ids, row) => lengths[row]! > 0 && ids.some((id) => id !== mark))
    let beams = first
    do {
      const places = full(0, [Math.min(stepsAtOnce, maxLength - choices.length)], 'int32')
      const [after, trail] = run(params, beams, source, penalty, places)
      beams = after
      choices.push(...(await choicesOf(trail)))
    } while (choices.length < maxLength && isOpen(choices.at(-1)!))
    const totals = await beams.total.data()

    return Array.from(lengths, (length, row) => {
      const path = pathTo(choices, row)
      const end = path.findIndex(({ token }) => token === mark)
      const isFinished = end >= 0
      const written = isFinished ? path.slice(0, end + 1) : path
      return {
        tokens: written.map(({ token }) => token).filter((token) => token !== mark),
        logProbability: totals[row * width]!,
        isFinished,
        attention: written.flatMap(({ weights }) => (weights ? [weights.slice(0, length)] : [])),
      }
    })
  }
}

/** What one step has chosen for each row and hypothesis: see `Trail`. */
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

/** The tokens of the best hypothesis of a row, read back from the last step, and what it looked at before each. */
function pathTo(choices: readonly Choices[], row: number) {
  let at = 0
  const backwards = choices.toReversed().map(({ parent, token, weights }) => {
    const from = parent[row]![at]!
    const chosen = { token: token[row]![at]!, weights: weights?.[row]![from] }
    at = from
    return chosen
  })
  return backwards.toReversed()
}
