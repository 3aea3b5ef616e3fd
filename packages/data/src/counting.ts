import { checkWhole } from './check.js'

/** A string of a counting language, symbol by symbol, with what may come after each. */
export interface CountingString {
  /** The start, 0, and the letters: 1 is a, 2 is b, 3 is c. */
  readonly x: readonly number[]
  /** At each of these times, for the end (0) and each letter, 1 if it may come next and 0 if not. */
  readonly y: readonly (readonly number[])[]
}

/**
 * The string aⁿbⁿ (2 letters, a context-free language), aⁿbⁿcⁿ (3, a context-sensitive one) or longer, in the form of Gers
 * & Schmidhuber (2001): a network reads a start and then the string, and says at each time which symbols may come next.
 * After a start an a must come, after an a there may be another or the first b, and from there on all is decided by n.
 *
 * @param letters how many different letters, at least 2
 * @param n how often each stands, at least 1
 * @throws when one of them is no such whole number
 */
export function countingString(letters: number, n: number): CountingString {
  checkWhole('countingString', 'letters', letters, 2)
  checkWhole('countingString', 'n', n, 1)
  const x = [0, ...Array.from({ length: letters * n }, (_, i) => 1 + Math.floor(i / n))]
  const y = x.map((symbol, t) => {
    const next = x[t + 1] ?? 0
    return Array.from({ length: letters + 1 }, (_, id) =>
      id === next || (symbol === 1 && (id === 1 || id === 2)) ? 1 : 0,
    )
  })
  return { x, y }
}
