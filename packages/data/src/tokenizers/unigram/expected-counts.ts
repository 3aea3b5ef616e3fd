import type { WeightedPiece } from './frequent-strings.js'
import type { Trie } from './trie.js'

/**
 * How often each token is expected to be used, when every way to cut a piece counts by its probability (forward and
 * backward, in logarithms). Every code point must be a token.
 *
 * @returns [tokens]
 */
export function expectedCounts(
  pieces: readonly WeightedPiece[],
  trie: Trie,
  scores: Float64Array,
): Float64Array {
  const expected = new Float64Array(scores.length)
  const longest = pieces.reduce((most, [codePoints]) => Math.max(most, codePoints.length), 0)
  const forward = new Float64Array(longest + 1)
  const backward = new Float64Array(longest + 1)
  for (const [codePoints, count] of pieces) {
    const { length } = codePoints
    forward.fill(-Infinity, 0, length + 1)
    backward.fill(-Infinity, 0, length + 1)
    forward[0] = 0
    backward[length] = 0
    const arcs = arcsOf(codePoints, trie)
    for (let i = 0; i < arcs.length; i += 3) {
      const [start, end, token] = [arcs[i]!, arcs[i + 1]!, arcs[i + 2]!]
      forward[end] = addLogs(forward[end]!, forward[start]! + scores[token]!)
    }
    for (let i = arcs.length - 3; i >= 0; i -= 3) {
      const [start, end, token] = [arcs[i]!, arcs[i + 1]!, arcs[i + 2]!]
      backward[start] = addLogs(backward[start]!, backward[end]! + scores[token]!)
    }
    const all = forward[length]!
    for (let i = 0; i < arcs.length; i += 3) {
      const [start, end, token] = [arcs[i]!, arcs[i + 1]!, arcs[i + 2]!]
      expected[token]! += count * Math.exp(forward[start]! + scores[token]! + backward[end]! - all)
    }
  }
  return expected
}

/** All tokens in a piece, by where they begin: start, end and number of each. */
function arcsOf(codePoints: Int32Array, trie: Trie): number[] {
  const arcs: number[] = []
  for (let start = 0; start < codePoints.length; start++) {
    let node = 0
    for (let end = start; end < codePoints.length; end++) {
      node = trie.child(node, codePoints[end]!)
      if (node < 0) break
      const token = trie.tokenAt(node)
      if (token >= 0) arcs.push(start, end + 1, token)
    }
  }
  return arcs
}

/** log(exp(a) + exp(b)) */
function addLogs(a: number, b: number): number {
  if (a === -Infinity) return b
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b))
}
