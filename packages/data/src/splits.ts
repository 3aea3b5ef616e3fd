import { TapeloopError } from '@tapeloop/core'
import { mulberry32, permutation } from './random.js'

/** What can be cut: a string, an array, a typed array. */
export interface Sliceable<S> {
  readonly length: number
  slice(start: number, end: number): S
}

/**
 * Cuts into named parts, in order and without overlap: for text, where a random split would tear it apart.
 * Part k ends at `floor(length · (sum of the fractions up to k))`.
 *
 * @param items a string, an array or a typed array; the parts are copies.
 * @param fractions the share of each part; they sum to 1.
 * @throws when they do not, or when a part with a share would be empty.
 *
 * @example const { train, valid } = splitContiguous(tokens, { train: 0.9, valid: 0.1 })
 */
export function splitContiguous<S extends Sliceable<S>, Name extends string>(
  items: S,
  fractions: Readonly<Record<Name, number>>,
): Record<Name, S> {
  return cut(items, fractions)
}

/**
 * Splits into named parts at random: the items are shuffled with the seed, then cut. No item is in two parts.
 *
 * @throws as `splitContiguous` does.
 */
export function splitRandom<T, Name extends string>(
  items: readonly T[],
  fractions: Readonly<Record<Name, number>>,
  seed: number,
): Record<Name, T[]> {
  const order = permutation(items.length, mulberry32(seed))
  return cut<T[], Name>(
    Array.from(order, (i) => items[i]!),
    fractions,
  )
}

function cut<S extends Sliceable<S>, Name extends string>(
  items: S,
  fractions: Readonly<Record<Name, number>>,
): Record<Name, S> {
  const entries = Object.entries<number>(fractions)
  const negative = entries.find(([, fraction]) => !(fraction >= 0))
  if (negative !== undefined) {
    throw new TapeloopError(
      `split: the fraction of "${negative[0]}" must be at least 0, but it is ${negative[1]}.`,
    )
  }
  const total = entries.reduce((sum, [, fraction]) => sum + fraction, 0)
  if (Math.abs(total - 1) > 1e-9) {
    throw new TapeloopError(`split: the fractions must sum to 1, but they sum to ${total}.`)
  }
  let share = 0
  let start = 0
  const parts = entries.map(([name, fraction]) => {
    share += fraction
    // 0.7 + 0.2 is a little less than 0.9: without the small addition one item too few would be taken
    const end = Math.min(items.length, Math.floor(items.length * share + 1e-6))
    if (fraction > 0 && end === start) {
      throw new TapeloopError(
        `split: ${fraction} of ${items.length} items leaves "${name}" empty; ` +
          `give more data or a larger fraction.`,
      )
    }
    const part = items.slice(start, end)
    start = end
    return [name, part] as const
  })
  return Object.fromEntries(parts) as Record<Name, S>
}
