import { pairTable } from '../subwords/pair-table.js'

/** Tokens by their code points, one node after the other. */
export interface Trie {
  /** The node that a code point leads to from a node (the root is 0); -1 where no token goes on so. */
  child(node: number, codePoint: number): number
  /** The token that ends in a node; -1 where none does. */
  tokenAt(node: number): number
}

/** The trie of tokens; the number of a token is its position. An empty one is in no text. */
export function trieOf(tokens: readonly ArrayLike<number>[]): Trie {
  const children = pairTable(tokens.length)
  const ends = [-1]
  tokens.forEach((codePoints, token) => {
    let node = 0
    for (let i = 0; i < codePoints.length; i++) {
      const known = children.get(node, codePoints[i]!)
      if (known < 0) children.set(node, codePoints[i]!, ends.length)
      node = known < 0 ? ends.push(-1) - 1 : known
    }
    if (node > 0) ends[node] = token
  })
  return { child: children.get, tokenAt: (node) => ends[node]! }
}

/** The code points of a text. */
export function codePointsOf(text: string): Int32Array {
  const result = new Int32Array(text.length)
  let count = 0
  for (const character of text) result[count++] = character.codePointAt(0)!
  return result.subarray(0, count)
}
