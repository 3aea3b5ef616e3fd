import {
  argmax,
  categorical,
  compile,
  div,
  foldIn,
  iota,
  less,
  pick,
  randomKey,
  refuse,
  scan,
  tensor,
  topK as largest,
  where,
  type Backend,
  type Tensor,
} from '@tapeloop/core'
import { deriveSeed, mulberry32, type Tokenizer } from '@tapeloop/data'
import type { LanguageModel, LanguageModelParams } from './language-model.js'
import type { State } from './recurrent-stack.js'

/** How the next token is drawn from what the model predicts. */
export interface SamplerOptions {
  /** logits are divided by it: below 1 the likely becomes likelier, 0 always takes the likeliest; 1 unless said */
  readonly temperature?: number
  /** draw among so many of the likeliest tokens; among all unless said */
  readonly topK?: number
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
   * Draws a text piece by piece, without the primer. Without a primer the text begins as after an empty line where the
   * tokenizer knows line ends (after the token `start` where there is one), else after a random token. A text ends
   * before the token `end`.
   *
   * @throws where the primer has a character the tokenizer does not know
   */
  text(
    params: LanguageModelParams,
    tokenizer: Tokenizer,
    options: Omit<DrawOptions, 'stop'> & { readonly primer?: string },
  ): AsyncGenerator<string, void>
}

/** What one token leaves to the next. */
type Carry = { readonly state: State; readonly token: Tensor }

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
  { temperature = 1, topK, backend }: SamplerOptions = {},
): Sampler {
  if (!Number.isFinite(temperature) || temperature < 0) {
    refuse('sampler', `temperature is ${temperature}; it must be a number from 0`)
  }
  if (topK !== undefined && (!Number.isSafeInteger(topK) || topK < 1)) {
    refuse('sampler', `topK is ${topK}; it must be a whole number from 1`)
  }

  /** The token drawn from logits `[1, vocabularySize]`: int32 `[1]`. */
  function draw(logits: Tensor, key: Tensor): Tensor {
    if (temperature === 0) return argmax(logits)
    const scaled = div(logits, temperature)
    if (topK === undefined || topK >= model.vocabularySize) return categorical(key, scaled)
    const { values, indices } = largest(scaled, topK)
    return pick(indices, categorical(key, values).reshape([1, 1])).reshape([1])
  }

  /** So many steps in one program: what does not change from token to token is computed once for all of them. */
  const stepsCompiled = (steps: number) =>
    compile(
      (params: LanguageModelParams, carry: Carry, forced: Tensor, key: Tensor, first: Tensor) =>
        scan(
          ({ state, token }: Carry, { force, place }: { force: Tensor; place: Tensor }): [Carry, Tensor] => {
            const next = model.apply(params, token.reshape([1, 1]), { state })
            const drawn = draw(next.logits.reshape([1, -1]), foldIn(key, place))
            const chosen = where(less(force, 0), drawn, force)
            return [{ state: next.state, token: chosen }, chosen]
          },
          carry,
          { force: forced, place: iota(steps).add(first) },
        ),
      { name: 'sampler', donate: [1], ...(backend && { backend }) },
    )
  const compiled = new Map<number, ReturnType<typeof stepsCompiled>>()

  async function* tokens(
    params: LanguageModelParams,
    primer: ArrayLike<number>,
    { length, seed = 0, stop }: DrawOptions,
  ): AsyncGenerator<number, void> {
    checkPrimer(primer, model.vocabularySize)
    if (!Number.isSafeInteger(length) || length < 0) {
      refuse('sampler', `length is ${length}; it must be a whole number from 0`)
    }
    const key = randomKey(seed)
    const end = primer.length + length
    const steps = model.vocabularySize > fewTokens ? fewSteps : evenly(end - 1)
    const run = compiled.get(steps) ?? stepsCompiled(steps)
    compiled.set(steps, run)
    let carry: Carry = { state: model.initialState(1), token: tensor(Int32Array.of(primer[0]!)) }
    for (let place = 1; place < end; place += steps) {
      const forced = Int32Array.from({ length: steps }, (_, i) => primer[place + i] ?? -1)
      const [after, chosen] = run(params, carry, tensor(forced), key, tensor(place, { dtype: 'int32' }))
      carry = after
      const ids = await chosen.data()
      for (let i = Math.max(0, primer.length - place); i < Math.min(steps, end - place); i++) {
        if (ids[i] === stop) return
        yield ids[i]!
      }
    }
  }

  return {
    tokens,
    async *text(params, tokenizer, { primer = '', ...options }) {
      const first = primer === '' ? opening(tokenizer, options.seed ?? 0) : tokenizer.encode(primer).ids
      const { end } = tokenizer.special
      for await (const id of tokens(params, first, { ...options, ...(end !== undefined && { stop: end }) })) {
        yield tokenizer.decode([id])
      }
    },
  }
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
