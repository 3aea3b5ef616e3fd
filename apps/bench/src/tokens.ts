/** The text that every subject reads: drawn by rule, so that all have the same. */

export const vocabularySize = 65

/** Tokens below `vocabularySize`, from a linear congruential generator: the same ones whenever asked for. */
export function tokens(count: number): Int32Array {
  let seed = 1
  return Int32Array.from({ length: count }, () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return (seed >>> 16) % vocabularySize
  })
}

/** What is to be predicted at each of them: learnable, so that a loss that falls shows a step that works. */
export function nextTokens(tokens: Int32Array): Int32Array {
  return tokens.map((token) => (3 * token + 1) % vocabularySize)
}
