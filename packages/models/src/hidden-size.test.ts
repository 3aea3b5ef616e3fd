import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hiddenSizeFor } from './hidden-size.js'

test('no hidden size is nearer, and of two equally near the smaller is taken', () => {
  const counts = fc.tuple(
    fc.integer({ min: 0, max: 9 }),
    fc.integer({ min: 1, max: 50 }),
    fc.nat({ max: 99 }),
  )
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 5000 }), ([a, b, c], target) => {
      const parametersOf = (hiddenSize: number) => a * hiddenSize ** 2 + b * hiddenSize + c
      const distance = (hiddenSize: number) => Math.abs(parametersOf(hiddenSize) - target)
      const found = hiddenSizeFor(parametersOf, target)
      expect(found).toBeGreaterThanOrEqual(1)
      const nearest = Math.min(...Array.from({ length: 5001 }, (_, i) => distance(i + 1)))
      expect(distance(found)).toBe(nearest)
      const smaller = found > 1 ? distance(found - 1) : Infinity
      expect(smaller).toBeGreaterThan(nearest)
    }),
  )
})

test('a multiple is found where only multiples will do', () => {
  const parametersOf = (hiddenSize: number) => {
    if (hiddenSize % 4 !== 0) throw new Error('no multiple')
    return hiddenSize ** 2
  }
  const found = [1, 30, 81, 110].map((target) => hiddenSizeFor(parametersOf, target, { multipleOf: 4 }))
  expect(found).toEqual([4, 4, 8, 12])
})

test.each([0, -5, NaN, Infinity])('%s parameters are refused', (parameters) => {
  expect(() => hiddenSizeFor((hiddenSize) => hiddenSize, parameters)).toThrow(/parameters is/)
})

test('a number that no hidden size reaches is refused rather than searched for ever', () => {
  expect(() => hiddenSizeFor(() => 10, 100)).toThrow(/no hidden size/)
})
