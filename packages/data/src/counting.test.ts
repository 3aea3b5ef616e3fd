import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countingString } from './counting.js'

test('aⁿbⁿ asks for the first b at any time, for the rest and for the end at theirs', () => {
  expect(countingString(2, 2)).toEqual({
    x: [0, 1, 1, 2, 2],
    y: [
      [0, 1, 0],
      [0, 1, 1],
      [0, 1, 1],
      [0, 0, 1],
      [1, 0, 0],
    ],
  })
})

test('every letter stands n times, and what comes is always among what may come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 20 }), (letters, n) => {
      const { x, y } = countingString(letters, n)
      expect(x.slice(1)).toEqual(Array.from({ length: letters }, (_, i) => Array(n).fill(i + 1)).flat())
      expect(y).toHaveLength(x.length)
      y.forEach((legal, t) => {
        expect(legal).toHaveLength(letters + 1)
        expect(legal[x[t + 1] ?? 0]).toBe(1)
        expect(legal.reduce((sum, value) => sum + value)).toBe(x[t] === 1 ? 2 : 1)
      })
    }),
  )
})

test('a language of one letter does not count', () => {
  expect(() => countingString(1, 3)).toThrow(
    'countingString: letters must be a whole number of at least 2, but it is 1.',
  )
})
