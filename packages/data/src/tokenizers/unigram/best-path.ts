import type { Trie } from './trie.js'

/** The way through a piece: for each token its number, -1 for a code point that no token has. */
export interface Path {
  readonly tokens: readonly number[]
  /** how many code points each of them has */
  readonly lengths: readonly number[]
}

/**
 * The most likely way to cut code points into tokens (Viterbi): the largest sum of scores; of equal ways the one whose
 * last token is longest. A code point that no token has costs `unknownScore`.
 *
 * @param without a token that may not be used
 */
export function bestPath(
  codePoints: Int32Array,
  trie: Trie,
  scores: Float64Array,
  unknownScore: number,
  without = -1,
): Path {
  const { length } = codePoints
  const best = new Float64Array(length + 1).fill(-Infinity)
  const token = new Int32Array(length + 1)
  const from = new Int32Array(length + 1)
  best[0] = 0

  function reach(end: number, start: number, score: number, number: number): void {
    if (best[start]! + score <= best[end]!) return
    best[end] = best[start]! + score
    token[end] = number
    from[end] = start
  }

  for (let start = 0; start < length; start++) {
    let isKnown = false
    let node = 0
    for (let end = start; end < length; end++) {
      node = trie.child(node, codePoints[end]!)
      if (node < 0) break
      const number = trie.tokenAt(node)
      if (number < 0 || number === without) continue
      reach(end + 1, start, scores[number]!, number)
      isKnown ||= end === start
    }
    if (!isKnown) reach(start + 1, start, unknownScore, -1)
  }
  const tokens: number[] = []
  const lengths: number[] = []
  for (let end = length; end > 0; end = from[end]!) {
    tokens.push(token[end]!)
    lengths.push(end - from[end]!)
  }
  return { tokens: tokens.toReversed(), lengths: lengths.toReversed() }
}
