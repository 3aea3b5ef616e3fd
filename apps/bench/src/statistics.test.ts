import { expect, test } from 'vitest'
import { median } from './statistics.js'

test.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 100, 2], 3],
  [[10, 9, 8], 9],
])('the median of %j is %d', (numbers, expected) => {
  expect(median(numbers)).toBe(expected)
})

test('numbers are sorted as numbers, and left as they were', () => {
  const numbers = [100, 9, 20]
  expect(median(numbers)).toBe(20)
  expect(numbers).toEqual([100, 9, 20])
})

test('nothing has no median', () => {
  expect(median([])).toBeNaN()
})
