/** How well a text can be predicted by counting. */
export interface NGramScore {
  /** how many characters are looked at: the one predicted, and those before it */
  readonly order: number
  readonly bitsPerCharacter: number
}

/** What follows one context: how many characters, and how often each. */
interface Followers {
  total: number
  readonly counts: Map<number, number>
}

/**
 * The bits that each character of `valid` costs who has counted `train`, for every order from 1 to `longest`. An order
 * trusts the one below as far as its context is new (interpolation of Witten & Bell 1991), and the lowest spreads what
 * is left evenly over the vocabulary.
 */
export function nGramScores(
  train: Int32Array,
  valid: Int32Array,
  vocabularySize: number,
  longest: number,
): NGramScore[] {
  if (valid.length === 0) return []
  const tables = Array.from({ length: longest }, (_, before) => countFollowers(train, before, vocabularySize))
  const costs = new Float64Array(longest)
  for (let at = 0; at < valid.length; at++) {
    const symbol = valid[at]!
    let probability = 1 / vocabularySize
    for (let before = 0; before < longest; before++) {
      const followers =
        at < before ? undefined : tables[before]!.get(keyOf(valid, at, before, vocabularySize))
      if (followers !== undefined) {
        const { total, counts } = followers
        probability = ((counts.get(symbol) ?? 0) + counts.size * probability) / (total + counts.size)
      }
      costs[before]! -= Math.log2(probability)
    }
  }
  return Array.from(costs, (cost, before) => ({ order: before + 1, bitsPerCharacter: cost / valid.length }))
}

function countFollowers(tokens: Int32Array, before: number, vocabularySize: number): Map<number, Followers> {
  const table = new Map<number, Followers>()
  for (let at = before; at < tokens.length; at++) {
    const key = keyOf(tokens, at, before, vocabularySize)
    let followers = table.get(key)
    if (followers === undefined) table.set(key, (followers = { total: 0, counts: new Map() }))
    const symbol = tokens[at]!
    followers.total++
    followers.counts.set(symbol, (followers.counts.get(symbol) ?? 0) + 1)
  }
  return table
}

/** The characters before a place as one number, which holds for few enough of them. */
function keyOf(tokens: Int32Array, at: number, before: number, vocabularySize: number): number {
  let key = 0
  for (let i = at - before; i < at; i++) key = key * vocabularySize + tokens[i]!
  return key
}
