import { expect, test } from 'vitest'
import { nGramScores } from './n-grams.js'

const repeat = (pattern: readonly number[], times: number) =>
  Int32Array.from({ length: pattern.length * times }, (_, i) => pattern[i % pattern.length]!)

test('a text that repeats costs nothing to who has counted pairs', () => {
  const [one, two] = nGramScores(repeat([0, 1, 2, 3], 500), repeat([0, 1, 2, 3], 50), 4, 2)
  expect(one!.bitsPerCharacter).toBeCloseTo(2, 2)
  expect(two!.bitsPerCharacter).toBeLessThan(0.05)
  expect([one!.order, two!.order]).toEqual([1, 2])
})

test('what was never seen costs a share of what is left', () => {
  const [one] = nGramScores(Int32Array.of(0, 0, 0, 0), Int32Array.of(1), 2, 1)
  // 4 seen, 1 kind: (0 + 1 · ½) / (4 + 1)
  expect(one!.bitsPerCharacter).toBeCloseTo(-Math.log2(0.1), 12)
})

test('nothing to predict has no score', () => {
  expect(nGramScores(Int32Array.of(0, 1), new Int32Array(), 2, 3)).toEqual([])
})
