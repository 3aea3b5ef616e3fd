import { expect, test } from 'vitest'
import { compareScores, summarise } from './statistics.js'

const summaryOf = (scores: readonly number[]) => summarise(scores.map((score) => ({ score })))

test('mean, and the standard deviation between seeds', () => {
  expect(summaryOf([2, 4, 9])).toMatchObject({ scores: [2, 4, 9], mean: 5 })
  expect(summaryOf([2, 4, 9]).spread).toBeCloseTo(Math.sqrt(13), 12)
  expect(summaryOf([3])).toEqual({ scores: [3], mean: 3, spread: null })
  expect(summaryOf([3, NaN]).mean).toBeNaN()
})

test.each([
  ['all seeds are better', [1, 2, 2], [3, 4, 3], 'first'],
  ['all seeds are worse', [5, 6, 7], [3, 4, 2], 'second'],
  ['they overlap', [1, 3, 1], [2, 4, 4], 'undecided'],
  ['they touch', [1, 2, 1], [2, 3, 3], 'undecided'],
  ['there are too few seeds', [1, 1], [2, 2], 'undecided'],
  ['the other always breaks off', [1, 2, 3], [NaN, NaN, NaN], 'first'],
  ['the other breaks off once', [1, 3, 3], [2, NaN, 4], 'undecided'],
  ['both break off', [NaN, NaN, NaN], [NaN, NaN, NaN], 'undecided'],
] as const)('where %s', (_, a, b, verdict) => {
  expect(compareScores(a, b)).toBe(verdict)
})
