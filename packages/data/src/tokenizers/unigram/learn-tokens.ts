import { bestPath } from './best-path.js'
import { expectedCounts } from './expected-counts.js'
import { frequentStrings, type WeightedPiece } from './frequent-strings.js'
import { trieOf, type Trie } from './trie.js'

/** Tokens with the logarithms of their probabilities. */
export interface ScoredTokens {
  readonly tokens: readonly Int32Array[]
  /** [tokens] */
  readonly scores: Float64Array
}

/** What there is to learn tokens from. */
export interface TokenProblem {
  readonly pieces: readonly WeightedPiece[]
  /** How many tokens at most. */
  readonly size: number
  /** The most code points of a token. */
  readonly longest: number
  /** Is told from 0 to 1 how much is done. */
  readonly onProgress?: (done: number) => void
}

/** How many strings the search begins with, for each token that is asked for. */
const seedsPerToken = 12
/** How many of the tokens a round leaves. */
const kept = 0.75
/** How often a round estimates the probabilities. */
const estimates = 2
/** A token that is expected less often is left out. */
const leastExpected = 0.5

/**
 * Unigram language model (Kudo 2018, section 3.2): begin with many frequent strings, estimate their probabilities by
 * expectation and maximisation, leave out those whose loss costs the likelihood least, and again, until the size is
 * reached. All code points stay. The estimate is the variational one of SentencePiece, which lets rare tokens go.
 *
 * @returns the tokens, the most likely first
 */
export function learnTokens({ pieces, size, longest, onProgress }: TokenProblem): ScoredTokens {
  const letters = countLetters(pieces)
  let current = seed(pieces, letters, { size, longest })
  const first = current.tokens.length
  for (;;) {
    for (let i = 0; i < estimates; i++) current = estimate(pieces, current, letters.size)
    const { length } = current.tokens
    if (length <= size) break
    onProgress?.(Math.log(first / length) / Math.log(first / size))
    current = prune(pieces, current, letters.size, Math.max(size, Math.floor(kept * length)))
  }
  return sorted(current)
}

/** How often each code point comes. They are the first tokens, so that a number below their count is one. */
function countLetters(pieces: readonly WeightedPiece[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const [codePoints, count] of pieces) {
    for (const letter of codePoints) counts.set(letter, (counts.get(letter) ?? 0) + count)
  }
  return counts
}

function seed(
  pieces: readonly WeightedPiece[],
  letters: ReadonlyMap<number, number>,
  { size, longest }: { size: number; longest: number },
): ScoredTokens {
  const strings = frequentStrings(pieces, longest)
    .toSorted((a, b) => b.count * b.codePoints.length - a.count * a.codePoints.length)
    .slice(0, seedsPerToken * size)
  const counts = [...letters.values(), ...strings.map(({ count, codePoints }) => count * codePoints.length)]
  const total = Math.log(counts.reduce((a, b) => a + b, 0))
  return {
    tokens: [
      ...[...letters.keys()].map((letter) => Int32Array.of(letter)),
      ...strings.map(({ codePoints }) => codePoints),
    ],
    scores: Float64Array.from(counts, (count) => Math.log(count) - total),
  }
}

/** One step of expectation and maximisation. */
function estimate(
  pieces: readonly WeightedPiece[],
  { tokens, scores }: ScoredTokens,
  letters: number,
): ScoredTokens {
  const expected = expectedCounts(pieces, trieOf(tokens), scores)
  const stays = (token: number): boolean => token < letters || expected[token]! >= leastExpected
  const counts = expected.map((count) => Math.max(count, leastExpected)).filter((_, token) => stays(token))
  const total = digamma(counts.reduce((a, b) => a + b, 0))
  return {
    tokens: tokens.filter((_, token) => stays(token)),
    scores: counts.map((count) => digamma(count) - total),
  }
}

/** Leaves the tokens whose loss would cost the most, and all code points. */
function prune(
  pieces: readonly WeightedPiece[],
  { tokens, scores }: ScoredTokens,
  letters: number,
  size: number,
): ScoredTokens {
  const trie = trieOf(tokens)
  const uses = countUses(pieces, trie, scores)
  const total = uses.reduce((a, b) => a + b, 0)
  const losses = uses.map((count, token) => {
    if (token < letters) return Infinity
    if (count === 0) return 0
    const others = bestPath(tokens[token]!, trie, scores, -Infinity, token).tokens
    // without the token each of the others is used that much more
    const later = Math.log(total + count * (others.length - 1))
    const cost = others.reduce((sum, other) => sum + Math.log(uses[other]! + count) - later, 0)
    return (count / total) * (Math.log(count / total) - cost)
  })
  const order = Array.from(tokens.keys()).toSorted((a, b) => losses[b]! - losses[a]! || a - b)
  const remaining = order.slice(0, Math.max(size, letters)).toSorted((a, b) => a - b)
  return {
    tokens: remaining.map((token) => tokens[token]!),
    scores: Float64Array.from(remaining, (token) => scores[token]!),
  }
}

/** How often each token is used when every piece is cut in its most likely way. */
function countUses(pieces: readonly WeightedPiece[], trie: Trie, scores: Float64Array): Float64Array {
  const uses = new Float64Array(scores.length)
  for (const [codePoints, count] of pieces) {
    for (const token of bestPath(codePoints, trie, scores, -Infinity).tokens) uses[token]! += count
  }
  return uses
}

function sorted({ tokens, scores }: ScoredTokens): ScoredTokens {
  const order = Array.from(tokens.keys()).toSorted((a, b) => scores[b]! - scores[a]! || a - b)
  return {
    tokens: order.map((token) => tokens[token]!),
    scores: Float64Array.from(order, (token) => scores[token]!),
  }
}

/** The derivative of the logarithm of the gamma function, for x > 0: its recurrence, then its asymptotic series. */
function digamma(x: number): number {
  let result = 0
  let at = x
  for (; at < 7; at++) result -= 1 / at
  const square = 1 / (at * at)
  const series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
  return result + Math.log(at) - 1 / (2 * at) - series
}
