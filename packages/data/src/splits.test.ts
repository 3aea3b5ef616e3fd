import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitContiguous, splitRandom } from './splits.js'

const counting = (length: number) => Array.from({ length }, (_, i) => i)
/** Fractions of three parts in hundredths, none of them empty for a hundred items or more. */
const fractions = fc
  .tuple(fc.integer({ min: 1, max: 98 }), fc.integer({ min: 1, max: 98 }))
  .filter(([a, b]) => a + b < 100)
  .map(([a, b]) => ({ train: a / 100, valid: b / 100, test: (100 - a - b) / 100 }))

test('contiguous parts are the whole, in order, each of its share', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 1000 }), fractions, (n, shares) => {
      const parts = splitContiguous(counting(n), shares)
      expect([...parts.train, ...parts.valid, ...parts.test]).toEqual(counting(n))
      expect(parts.train.length).toBe(Math.floor((n * Math.round(shares.train * 100)) / 100))
      expect(parts.train.length + parts.valid.length).toBe(
        Math.floor((n * Math.round((shares.train + shares.valid) * 100)) / 100),
      )
    }),
  )
})

test('random parts have every item once and repeat with the seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 300 }), fractions, fc.nat(), (n, shares, seed) => {
      const parts = splitRandom(counting(n), shares, seed)
      expect([...parts.train, ...parts.valid, ...parts.test].toSorted((a, b) => a - b)).toEqual(counting(n))
      expect(splitRandom(counting(n), shares, seed)).toEqual(parts)
    }),
  )
  expect(splitRandom(counting(100), { a: 0.5, b: 0.5 }, 1)).not.toEqual(
    splitRandom(counting(100), { a: 0.5, b: 0.5 }, 2),
  )
})

test('text and typed arrays are cut as they are', () => {
  const text: string = 'abcdefghij'
  expect(splitContiguous(text, { train: 0.7, valid: 0.2, test: 0.1 })).toEqual({
    train: 'abcdefg',
    valid: 'hi',
    test: 'j',
  })
  expect(splitContiguous(Int32Array.of(1, 2), { a: 0.5, b: 0.5 })).toEqual({
    a: Int32Array.of(1),
    b: Int32Array.of(2),
  })
})

test('the training part of tinyshakespeare is floor(0.9 n)', () => {
  const n = 1_115_394
  expect(splitContiguous(new Int32Array(n), { train: 0.9, valid: 0.1 }).train.length).toBe(1_003_854)
})

test('a part asked to be empty may be', () => {
  expect(splitContiguous([1, 2], { train: 1, valid: 0 })).toEqual({ train: [1, 2], valid: [] })
})

test.each([
  [{ train: 0.9, valid: 0.2 }, 'split: the fractions must sum to 1, but they sum to 1.1.'],
  [{ train: 1.5, valid: -0.5 }, 'split: the fraction of "valid" must be at least 0, but it is -0.5.'],
  [{ train: NaN, valid: 1 }, 'split: the fraction of "train" must be at least 0, but it is NaN.'],
  [
    { train: 0.1, valid: 0.9 },
    'split: 0.1 of 5 items leaves "train" empty; give more data or a larger fraction.',
  ],
])('%j is refused', (shares, message) => {
  expect(() => splitContiguous([1, 2, 3, 4, 5], shares)).toThrow(message)
})
