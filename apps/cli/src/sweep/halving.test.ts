import { expect, test } from 'vitest'
import { promotable, rungsOf, type Climber } from './halving.js'

test.each([
  [81, 3, [3, 9, 27, null]],
  [100, 3, [4, 12, 36, null]],
  [1000, 4, [16, 64, 256, null]],
  [2, 3, [1, null]],
  [1, 3, [null]],
])('rungs of %d steps', (steps, eta, rungs) => {
  expect(rungsOf(steps, eta)).toEqual(rungs)
})

const climbers = (...trials: readonly (readonly [rung: number, ...scores: number[]])[]): Climber[] =>
  trials.map(([rung, ...scores], i) => ({ id: i + 1, rung, scores }))
const options = { rungs: 3, eta: 3 }
const none = new Set<number>()

test('one of three goes on, the best', () => {
  expect(promotable(climbers([0, 5], [0, 4]), none, options)).toBe(null)
  expect(promotable(climbers([0, 5], [0, 4], [0, 6]), none, options)).toBe(2)
})

test('who has gone on counts among the best, and nobody goes twice', () => {
  expect(promotable(climbers([0, 5], [1, 4, 3], [0, 6]), none, options)).toBe(null)
  expect(promotable(climbers([0, 5], [1, 4, 3], [0, 6], [0, 7], [0, 8], [0, 9]), none, options)).toBe(1)
})

test('the highest rung comes first', () => {
  const trials = climbers([1, 5, 3], [1, 4, 2], [1, 6, 4], [0, 1], [0, 9], [0, 9])
  expect(promotable(trials, none, options)).toBe(2)
  expect(promotable(trials, new Set([2]), options)).toBe(4)
})

test('who broke off does not go on', () => {
  expect(promotable(climbers([0, Infinity], [0, Infinity], [0, Infinity]), none, options)).toBe(null)
})

test('without rungs nobody waits', () => {
  expect(promotable(climbers([0, 1], [0, 2], [0, 3]), none, { rungs: 1, eta: 3 })).toBe(null)
})
