import {
  cast,
  compile,
  foldIn,
  full,
  iota,
  less,
  oneHot,
  or,
  randomKey,
  refuse,
  scan,
  tensor,
  where,
  zeros,
  type Backend,
  type Tensor,
} from '@tapeloop/core'
import { deriveSeed, mulberry32, type Tokenizer } from '@tapeloop/data'
import { choiceOf, type ChoiceOptions } from './choice.js'
import type { LanguageModel, LanguageModelParams } from './language-model.js'
import { checkWhole, type State } from './recurrent-stack.js'
import { untilStop } from './stops.js'

/** How the next token is drawn from what the model predicts. */
export interface SamplerOptions extends ChoiceOptions {
  /** the default backend unless given */
  readonly backend?: Backend
}

/** Which tokens are drawn. */
export interface DrawOptions {
  /** how many tokens to draw */
  readonly length: number
  /** the same seed draws the same tokens; 0 unless said */
  readonly seed?: number
  /** stop before this token, which is not given out */
  readonly stop?: number
}

/** Which texts are drawn. */
export interface TextOptions extends Omit<DrawOptions, 'stop'> {
  /** what the text goes on from; it is not given out */
  readonly primer?: string
  /** a text ends before the first of these strings; none unless said */
  readonly stops?: readonly string[]
}

/** A model compiled for drawing from it: each token is read before the next is drawn, a few hundred in one program. */
export interface Sampler {
  /**
   * Draws the tokens that follow a primer, one after the other.
   *
   * @param primer the tokens before the first one drawn; at least one
   * @throws where a token of the primer is none of the model's, or a number is out of range
   */
  tokens(
    params: LanguageModelParams,
    primer: ArrayLike<number>,
    options: DrawOptions,
  ): AsyncGenerator<number, void>
  /**
   * Draws several continuations of one primer at once, each by itself.
   *
   * @throws as `tokens` does, and where `count` is no whole number from 1
   */
  many(
    params: LanguageModelParams,
    primer: ArrayLike<number>,
    options: DrawOptions & { readonly count: number },
  ): Promise<number[][]>
  /**
   * Draws a text piece by piece, without the primer. Without a primer the text begins as after an empty line where the
   * tokenizer knows line ends (after the token `start` where there is one), else after a random token. A text ends
   * before the token `end`.
   *
   * @throws where the primer has a character the tokenizer does not know
   */
  text(params: LanguageModelParams, tokenizer: Tokenizer, options: TextOptions): AsyncGenerator<string, void>
  /** Draws several texts at once, each as `text` would. */
  texts(
    params: LanguageModelParams,
    tokenizer: Tokenizer,
    options: TextOptions & { readonly count: number },
  ): Promise<string[]>
}

/** What one token leaves to the next: for each row the state, the token, and which tokens there were, if anybody asks. */
type Carry = { readonly state: State; readonly token: Tensor; readonly seen: Tensor }

/**
 * So many steps are one program at most, or `fewSteps` where the tokens are many: with up to `fewTokens` of them the
 * compiler finds it worth its while to multiply the vectors of all of them beforehand, once a program.
 */
const manySteps = 512
const fewSteps = 32
const fewTokens = 128

/** Programs of equal length, not too many different ones, that together take hardly more than so many steps. */
function evenly(steps: number): number {
  const programs = Math.max(1, Math.ceil(steps / manySteps))
  return Math.max(16, 16 * Math.ceil(steps / programs / 16))
}

/** A sampler of a model; see `LanguageModel.sampler`. */
export function samplerOf(
  model: Pick<LanguageModel, 'apply' | 'initialState' | 'vocabularySize'>,
  { backend, ...options }: SamplerOptions = {},
): Sampler {
  const { vocabularySize } = model
  const { looksBack, choose } = choiceOf(options)

  /** Which tokens there were, with some more; nothing where nobody asks. */
  const after = (seen: Tensor, tokens: Tensor): Tensor =>
    looksBack ? or(seen, cast(oneHot(tokens, vocabularySize), 'bool')) : seen

  /** So many steps in one program: what does not change from token to token is computed once for all of them. */
  const stepsCompiled = (steps: number) =>
    compile(
      (params: LanguageModelParams, carry: Carry, forced: Tensor, key: Tensor, first: Tensor) =>
        scan(
          (
            { state, token, seen }: Carry,
            { force, place }: { force: Tensor; place: Tensor },
          ): [Carry, Tensor] => {
            const next = model.apply(params, token.reshape([-1, 1]), { state })
            const known = after(seen, token)
            const drawn = choose(next.logits.reshape([-1, vocabularySize]), foldIn(key, place), known)
            const chosen = where(less(force, 0), drawn, force)
            return [{ state: next.state, token: chosen, seen: known }, chosen]
          },
          carry,
          { force: forced, place: iota(steps).add(first) },
        ),
      { name: 'sampler', donate: [1], ...(backend && { backend }) },
    )
  const compiled = new Map<number, ReturnType<typeof stepsCompiled>>()

  /** Draws rows side by side: the next token of each. */
  async function* columns(
    params: LanguageModelParams,
    primer: ArrayLike<number>,
    { length, seed = 0, count }: DrawOptions & { readonly count: number },
  ): AsyncGenerator<Int32Array, void> {
    checkPrimer(primer, vocabularySize)
    if (!Number.isSafeInteger(length) || length < 0) {
      refuse('sampler', `length is ${length}; it must be a whole number from 0`)
    }
    const key = randomKey(seed)
    const end = primer.length + length
    const steps = vocabularySize > fewTokens ? fewSteps : evenly(end - 1)
    const run = compiled.get(steps) ?? stepsCompiled(steps)
    compiled.set(steps, run)
    let carry: Carry = {
      state: model.initialState(count),
      token: full(primer[0]!, [count], 'int32'),
      seen: zeros([count, looksBack ? vocabularySize : 0], 'bool'),
    }
    for (let place = 1; place < end; place += steps) {
      const forced = Int32Array.from({ length: steps }, (_, i) => primer[place + i] ?? -1)
      const [next, chosen] = run(params, carry, tensor(forced), key, tensor(place, { dtype: 'int32' }))
      carry = next
      const ids = (await chosen.data()) as Int32Array
      for (let i = Math.max(0, primer.length - place); i < Math.min(steps, end - place); i++) {
        yield ids.subarray(i * count, (i + 1) * count)
      }
    }
  }

  async function* tokens(
    params: LanguageModelParams,
    primer: ArrayLike<number>,
    options: DrawOptions,
  ): AsyncGenerator<number, void> {
    for await (const [id] of columns(params, primer, { ...options, count: 1 })) {
      if (id === options.stop) return
      yield id!
    }
  }

  const many: Sampler['many'] = async (params, primer, options) => {
    checkWhole('sampler', 'count', options.count)
    const rows = Array.from({ length: options.count }, (): number[] => [])
    const open = new Set(rows.keys())
    for await (const column of columns(params, primer, options)) {
      for (const row of open) {
        if (column[row] === options.stop) open.delete(row)
        else rows[row]!.push(column[row]!)
      }
      if (open.size === 0) break
    }
    return rows
  }

  /** Where a text begins, and the token that it ends by. */
  function ends(tokenizer: Tokenizer, { primer = '', seed = 0 }: TextOptions) {
    const { end } = tokenizer.special
    const first = primer === '' ? opening(tokenizer, seed) : primerOf(tokenizer, primer)
    return { first, ...(end !== undefined && { stop: end }) }
  }

  return {
    tokens,
    many,
    async *text(params, tokenizer, options) {
      const { first, ...stop } = ends(tokenizer, options)
      yield* untilStop(pieces(tokenizer, tokens(params, first, { ...options, ...stop })), options.stops ?? [])
    },
    async texts(params, tokenizer, { count, ...options }) {
      const { first, ...stop } = ends(tokenizer, options)
      const rows = await many(params, first, { ...options, ...stop, count })
      return rows.map((ids) => before(tokenizer.decode(ids), options.stops ?? []))
    },
  }
}

async function* pieces(tokenizer: Tokenizer, ids: AsyncIterable<number>): AsyncGenerator<string, void> {
  const decoder = tokenizer.decoder()
  for await (const id of ids) yield decoder.push(id)
  yield decoder.end()
}

/** A text before the first of some strings. */
function before(text: string, stops: readonly string[]): string {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0)
  return text.slice(0, Math.min(text.length, ...places))
}

/** The tokens of a primer, after that which every text begins with where there is one. */
function primerOf(tokenizer: Tokenizer, primer: string): ArrayLike<number> {
  const { start } = tokenizer.special
  const { ids } = tokenizer.encode(primer)
  return start === undefined ? ids : [start, ...ids]
}

/** What stands before a text that has no primer. */
function opening(tokenizer: Tokenizer, seed: number): ArrayLike<number> {
  if (tokenizer.special.start !== undefined) return [tokenizer.special.start]
  // a state that comes from nowhere knows little after one line end, more after two
  const { ids } = tokenizer.encode('\n\n', { skipUnknown: true })
  if (ids.length > 0) return ids
  return [Math.floor(mulberry32(deriveSeed(seed))() * tokenizer.size)]
}

function checkPrimer(primer: ArrayLike<number>, vocabularySize: number): void {
  if (primer.length === 0) refuse('sampler', 'the primer is empty; give the token to begin with')
  const strange = Array.from(primer).find((id) => !Number.isInteger(id) || id < 0 || id >= vocabularySize)
  if (strange !== undefined) {
    refuse('sampler', `the primer has token ${strange}; the model knows 0 to ${vocabularySize - 1}`)
  }
}
