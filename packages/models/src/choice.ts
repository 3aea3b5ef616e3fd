import {
  argmax,
  categorical,
  cumsum,
  div,
  less,
  mul,
  pick,
  refuse,
  softmax,
  topK as largest,
  where,
  type Tensor,
} from '@tapeloop/core'

/** How a token is chosen among those that a model predicts; in the order in which this is applied. */
export interface ChoiceOptions {
  /**
   * The logit of a token that was there before is divided by it, or multiplied where it is below 0 (Keskar et al. 2019,
   * CTRL, section 4.1): above 1 a text repeats itself less; 1 unless said.
   */
  readonly repetitionPenalty?: number
  /** logits are divided by it: below 1 the likely becomes likelier, 0 always takes the likeliest; 1 unless said */
  readonly temperature?: number
  /** draw among so many of the likeliest tokens; among all unless said */
  readonly topK?: number
  /** draw among the fewest tokens that are together as likely as this (Holtzman et al. 2020); 1, all, unless said */
  readonly topP?: number
}

/** A way to choose tokens. */
export interface Choice {
  /** whether it looks at what was there before */
  readonly looksBack: boolean
  /**
   * The tokens chosen, int32 `[rows]`.
   *
   * @param logits `[rows, vocabularySize]`
   * @param seen bool `[rows, vocabularySize]`: what was there before; only looked at where `looksBack`
   */
  choose(logits: Tensor, key: Tensor, seen?: Tensor): Tensor
}

/**
 * Makes a way to choose tokens.
 *
 * @throws where a number is out of its range
 */
export function choiceOf({
  repetitionPenalty = 1,
  temperature = 1,
  topK = Infinity,
  topP = 1,
}: ChoiceOptions): Choice {
  checkPositive('repetitionPenalty', repetitionPenalty)
  if (!Number.isFinite(temperature) || temperature < 0) {
    refuse('sampler', `temperature is ${temperature}; it must be a number from 0`)
  }
  if (topK !== Infinity && (!Number.isSafeInteger(topK) || topK < 1)) {
    refuse('sampler', `topK is ${topK}; it must be a whole number from 1`)
  }
  checkPositive('topP', topP)
  if (topP > 1) refuse('sampler', `topP is ${topP}; it must be a number above 0, up to 1`)
  const looksBack = repetitionPenalty !== 1

  function penalised(logits: Tensor, seen: Tensor | undefined): Tensor {
    if (!looksBack || seen === undefined) return logits
    const lower = where(less(logits, 0), mul(logits, repetitionPenalty), div(logits, repetitionPenalty))
    return where(seen, lower, logits)
  }

  return {
    looksBack,
    choose(given, key, seen) {
      const logits = penalised(given, seen)
      if (temperature === 0) return argmax(logits)
      const scaled = div(logits, temperature)
      const count = Math.min(topK, logits.shape[1]!)
      if (count === logits.shape[1] && topP === 1) return categorical(key, scaled)
      const { values, indices } = largest(scaled, count)
      const among = topP === 1 ? values : where(less(before(softmax(values)), topP), values, -Infinity)
      return pick(indices, categorical(key, among).reshape([-1, 1])).reshape([-1])
    },
  }
}

/** How likely all that stand before are together. */
function before(probabilities: Tensor): Tensor {
  return cumsum(probabilities).sub(probabilities)
}

function checkPositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) {
    refuse('sampler', `${name} is ${value}; it must be a number above 0`)
  }
}
