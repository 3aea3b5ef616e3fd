import { TapeloopError } from '@tapeloop/core'
import { show } from '../check.js'
import type { SpecialToken } from './tokenizer.js'

/** The special tokens there are, in the order in which errors name them. */
const specialTokens: readonly SpecialToken[] = ['unknown', 'start', 'end']

/** The ids of the special tokens of a record. */
export type SpecialIds = Partial<Record<SpecialToken, number>>

/** Gives special tokens their ids, from `firstId` on, in the order listed; refuses what is none, or listed twice. */
export function numberSpecial(special: readonly unknown[], firstId: number): SpecialIds {
  const result: SpecialIds = {}
  special.forEach((entry, i) => {
    const name = specialTokens.find((known) => known === entry)
    if (name === undefined) {
      throw new TapeloopError(`Unknown special token ${show(entry)}; there are ${specialTokens.join(', ')}.`)
    }
    if (result[name] !== undefined) throw new TapeloopError(`Special token "${name}" is listed twice.`)
    result[name] = firstId + i
  })
  return result
}

/** The text that a special token is decoded to: what was there is not known, and the ends are no text. */
export function textOfSpecial(name: string): string {
  return name === 'unknown' ? '\uFFFD' : ''
}

/** The names of special tokens by rising id, which is how records list them. */
export function listSpecial(special: Readonly<SpecialIds>): string[] {
  return specialTokens
    .filter((name) => special[name] !== undefined)
    .toSorted((a, b) => special[a]! - special[b]!)
}
