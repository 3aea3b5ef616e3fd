import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestPath } from './best-path.js'
import { expectedCounts } from './expected-counts.js'
import { frequentStrings } from './frequent-strings.js'
import { codePointsOf, trieOf } from './trie.js'
import { unigram } from './unigram.js'

/** All ways to cut a text into tokens, with their scores. */
function waysOf(
  text: string,
  tokens: readonly string[],
  scores: ArrayLike<number>,
): [ids: number[], score: number][] {
  if (text === '') return [[[], 0]]
  return tokens.flatMap((token, id) =>
    text.startsWith(token)
      ? waysOf(text.slice(token.length), tokens, scores).map(([ids, score]): [number[], number] => [
          [id, ...ids],
          score + scores[id]!,
        ])
      : [],
  )
}

const problem = fc.record({
  text: fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 7 }),
  longer: fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 2, maxLength: 4 }), {
    maxLength: 4,
  }),
  scores: fc.array(fc.double({ min: -9, max: -0.1, noNaN: true }), { minLength: 6, maxLength: 6 }),
})

test('the best path is the best of all ways, and each token is expected as all ways say', () => {
  fc.assert(
    fc.property(problem, ({ text, longer, scores }) => {
      const tokens = ['a', 'b', ...longer]
      const own = Float64Array.from(scores.slice(0, tokens.length))
      const trie = trieOf(tokens.map(codePointsOf))
      const ways = waysOf(text, tokens, own)
      const path = bestPath(codePointsOf(text), trie, own, -100)
      const score = path.tokens.reduce((sum, id) => sum + own[id]!, 0)
      expect(score).toBeCloseTo(Math.max(...ways.map(([, one]) => one)), 10)
      expect(path.tokens.map((id) => tokens[id]).join('')).toBe(text)
      const all = ways.reduce((sum, [, one]) => sum + Math.exp(one), 0)
      const expected = expectedCounts([[codePointsOf(text), 3]], trie, own)
      tokens.forEach((_, id) => {
        const uses = ways.reduce(
          (sum, [ids, one]) => sum + (ids.filter((other) => other === id).length * Math.exp(one)) / all,
          0,
        )
        expect(expected[id]).toBeCloseTo(3 * uses, 9)
      })
    }),
    { numRuns: 300 },
  )
})

test('the strings that come twice are found, but those that never stand without the same neighbour', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 })
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.integer({ min: 1, max: 3 })), { maxLength: 5 }), (pieces) => {
      const counts = new Map<string, number>()
      for (const [piece, weight] of pieces) {
        for (let start = 0; start < piece.length; start++) {
          for (let end = start + 2; end <= Math.min(piece.length, start + 4); end++) {
            const string = piece.slice(start, end)
            counts.set(string, (counts.get(string) ?? 0) + weight)
          }
        }
      }
      const expected = [...counts].filter(
        ([string, count]) =>
          count >= 2 &&
          ![...counts].some(
            ([other, same]) =>
              same === count &&
              other.length === string.length + 1 &&
              (other.startsWith(string) || other.endsWith(string)),
          ),
      )
      const found = frequentStrings(
        pieces.map(([piece, weight]) => [codePointsOf(piece), weight] as const),
        4,
      ).map(({ codePoints, count }) => [String.fromCodePoint(...codePoints), count] as const)
      expect(new Map(found)).toEqual(new Map(expected))
    }),
    { numRuns: 500 },
  )
})

const learned = 'the weather whether they gather together or not, the other mother '.repeat(5)

test('training finds parts that make a text short, and keeps to the size', () => {
  const tokenizer = unigram.train(learned, { size: 290 })
  expect(tokenizer.size).toBeLessThanOrEqual(290)
  expect(tokenizer.encode(' the other').ids.length).toBeLessThanOrEqual(4)
  expect(tokenizer.encode('the other Ω').ids.length).toBeLessThanOrEqual(8)
})

test('without bytes, what was never seen is unknown', () => {
  const tokenizer = unigram.train(learned, { size: 40, byteFallback: false, special: ['unknown'] })
  const { ids, unknown } = tokenizer.encode('theΩΩ')
  expect(unknown).toBe(1)
  expect(tokenizer.decode(ids)).toBe('the\uFFFD')
  expect(() => unigram.train(learned, { size: 40, byteFallback: false }).encode('the Ω')).toThrow(
    'characters are not in the vocabulary',
  )
})

test('what is too rare to be covered is bytes, and so is the mark that files have for a space', () => {
  const tokenizer = unigram.train(`${learned}Ω\u2581`, { size: 290, coverage: 0.99 })
  const { tokens } = tokenizer.toJSON() as unknown as { tokens: string[] }
  expect(tokens.includes('Ω') || tokens.includes('\u2581')).toBe(false)
  expect(tokenizer.decode(tokenizer.encode('Ω\u2581').ids)).toBe('Ω\u2581')
  expect(unigram.train(`${learned}\u2581`, { size: 290, coverage: 1 }).encode('\u2581').ids.length).toBe(3)
})

test.each([
  [{ size: 256 }, 'unigram: size must be a whole number of at least 257, but it is 256.'],
  [{ longest: 0 }, 'unigram: longest must be a whole number of at least 1, but it is 0.'],
  [{ coverage: 0 }, 'unigram: coverage must be above 0 and at most 1, but it is 0.'],
  [
    { coverage: 0.9, byteFallback: false },
    'unigram: coverage is 0.9, but without byteFallback every character needs a token; leave it out.',
  ],
  [
    { size: 260 },
    'unigram: size 260 leaves 4 tokens, but the text has 13 characters to cover; give a larger size, or a smaller coverage.',
  ],
])('%j is refused', (options, message) => {
  expect(() => unigram.train(learned, options)).toThrow(message)
})

test('an empty text is refused', () => {
  expect(() => unigram.train('')).toThrow('unigram: the text is empty; give one with characters in it.')
})
