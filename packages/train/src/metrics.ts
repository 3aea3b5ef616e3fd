import { checkNumber, checkWhole } from './check.js'

/** The perplexity of a mean cross entropy in nats: `exp(nats)`. */
export function perplexity(nats: number): number {
  return Math.exp(nats)
}

/**
 * A mean cross entropy in nats a token as bits a character.
 *
 * @param counts how many tokens stand for how many characters, where a token is not one character
 */
export function bitsPerCharacter(
  nats: number,
  { tokens, characters }: { readonly tokens: number; readonly characters: number } = {
    tokens: 1,
    characters: 1,
  },
): number {
  checkWhole('bitsPerCharacter', 'tokens', tokens, 0)
  checkWhole('bitsPerCharacter', 'characters', characters, 1)
  return (nats * tokens) / (characters * Math.LN2)
}

/** Measures how much is done a second. Times are in seconds. */
export interface Throughput {
  /** Notes that `count` things were done in the time from the last call (or from the start) until now. */
  add(count: number, now?: number): void
  /** What was done a second, over the last `window` seconds; 0 before anything was. */
  perSecond(): number
}

/**
 * A meter of throughput over a sliding window, for progress lines.
 *
 * @param window seconds that count; 5 unless said
 * @param start when it begins; now unless said
 */
export function throughput(window = 5, start: number = secondsNow()): Throughput {
  checkNumber('throughput', 'window', window, { minimum: 0 })
  const marks: { time: number; count: number }[] = [{ time: start, count: 0 }]
  return {
    add(count, now = secondsNow()) {
      marks.push({ time: now, count })
      // the first mark only says since when: at least one span stays
      while (marks.length > 2 && marks[1]!.time < now - window) marks.shift()
    },
    perSecond() {
      const elapsed = marks.at(-1)!.time - marks[0]!.time
      const done = marks.slice(1).reduce((total, { count }) => total + count, 0)
      return elapsed > 0 ? done / elapsed : 0
    },
  }
}

/** Seconds of a clock that never goes back. */
function secondsNow(): number {
  return performance.now() / 1000
}
