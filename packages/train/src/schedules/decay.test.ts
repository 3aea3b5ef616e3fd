import { tensor } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { exponentialDecay, inverseSquareRoot, multiStepDecay, stepDecay } from './decay.js'
import type { Schedule } from './schedule.js'

const at = (schedule: Schedule, step: number, dtype: 'float32' | 'float64' = 'float64') =>
  schedule(tensor(step, { dtype: 'int32' }), dtype).itemSync()
const path = (schedule: Schedule, steps: readonly number[]) => steps.map((step) => at(schedule, step))

test('stepDecay goes down at every multiple of its length', () => {
  expect(path(stepDecay({ from: 8, factor: 0.5, every: 3 }), [0, 2, 3, 5, 6, 9])).toEqual([8, 8, 4, 4, 2, 1])
})

test('stepDecay falls at the right update in float32, however long the stairs', () => {
  const schedule = stepDecay({ from: 1, factor: 0.5, every: 49 })
  for (let n = 1; n < 100; n++) {
    expect(at(schedule, 49 * n - 1, 'float32')).toBe(0.5 ** (n - 1))
    expect(at(schedule, 49 * n, 'float32')).toBe(0.5 ** n)
  }
})

test('multiStepDecay goes down at its milestones', () => {
  const schedule = multiStepDecay({ from: 8, factor: 0.5, milestones: [2, 3, 10] })
  expect(path(schedule, [0, 1, 2, 3, 9, 10, 1000])).toEqual([8, 8, 4, 2, 2, 1, 1])
  expect(path(multiStepDecay({ from: 8, milestones: [] }), [0, 5])).toEqual([8, 8])
})

test('exponentialDecay reaches its factor after as many updates as it is told', () => {
  expect(path(exponentialDecay({ from: 8, factor: 0.5 }), [0, 1, 2, 5])).toEqual([8, 4, 2, 0.25])
  const slow = exponentialDecay({ from: 8, factor: 0.25, every: 4 })
  expect(path(slow, [0, 2, 4])).toEqual([8, 4, 2])
})

test('inverseSquareRoot peaks where the warm-up ends', () => {
  const schedule = inverseSquareRoot({ peak: 2, warmup: 4 })
  expect(path(schedule, [0, 1, 2, 3, 15, 63])).toEqual([0.5, 1, 1.5, 2, 1, 0.5])
})

test('nonsense is refused by name', () => {
  expect(() => stepDecay({ from: 1, every: 0.5 })).toThrow(
    'stepDecay: every is 0.5; it must be a whole number of at least 1',
  )
  expect(() => multiStepDecay({ from: 1, milestones: [3, 3] })).toThrow(
    'multiStepDecay: milestones[1] is 3, after 3; put them in rising order, each once',
  )
  expect(() => multiStepDecay({ from: 1, milestones: [0] })).toThrow('milestones[0] is 0')
  expect(() => exponentialDecay({ from: 1, factor: -1 })).toThrow('exponentialDecay: factor is -1')
  expect(() => inverseSquareRoot({ peak: 1, warmup: 0 })).toThrow('inverseSquareRoot: warmup is 0')
})
