import { tensor } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cosine, linear, polynomialDecay } from './anneal.js'
import { constant, type Schedule } from './schedule.js'

const at = (schedule: Schedule, step: number) =>
  schedule(tensor(step, { dtype: 'int32' }), 'float64').itemSync()

test('constant stays', () => {
  expect([0, 5, 1e6].map((step) => at(constant(0.1), step))).toEqual([0.1, 0.1, 0.1])
})

test('linear goes from one value to another and stays', () => {
  const schedule = linear({ from: 1, to: 3, steps: 4 })
  expect([0, 1, 2, 3, 4, 5, 100].map((step) => at(schedule, step))).toEqual([1, 1.5, 2, 2.5, 3, 3, 3])
})

test('polynomialDecay is a power of what is left, and stays', () => {
  const schedule = polynomialDecay({ from: 3, to: 1, steps: 4, power: 2 })
  expect([0, 1, 2, 3, 4, 9].map((step) => at(schedule, step))).toEqual([3, 2.125, 1.5, 1.125, 1, 1])
  expect(at(polynomialDecay({ from: 1, steps: 4 }), 1)).toBe(0.75)
})

test('cosine rises to its peak, falls to its floor and stays', () => {
  const schedule = cosine({ peak: 1, floor: 0.2, steps: 24, warmup: 4 })
  const rising = [0, 1, 2, 3, 4].map((step) => at(schedule, step))
  rising.forEach((value, i) => expect(value).toBeCloseTo((i + 1) / 5, 12))
  expect(at(schedule, 14)).toBeCloseTo(0.6, 12)
  expect(at(schedule, 24)).toBeCloseTo(0.2, 12)
  expect(at(schedule, 1000)).toBeCloseTo(0.2, 12)
})

test('cosine is the formula of its paper between the ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (steps, any) => {
      const t = any % (steps + 1)
      const expected = 0.001 + (0.099 * (1 + Math.cos((Math.PI * t) / steps))) / 2
      expect(at(cosine({ peak: 0.1, floor: 0.001, steps }), t)).toBeCloseTo(expected, 12)
    }),
  )
})

test('cosine never leaves its range', () => {
  const options = fc.record({ steps: fc.integer({ min: 2, max: 50 }), warmup: fc.nat({ max: 1 }) })
  fc.assert(
    fc.property(options, fc.nat({ max: 100 }), ({ steps, warmup }, t) => {
      const value = at(cosine({ peak: 2, floor: 0.5, steps, warmup }), t)
      expect(value).toBeLessThanOrEqual(2 + 1e-12)
      expect(value).toBeGreaterThanOrEqual(t < warmup ? 0 : 0.5 - 1e-12)
    }),
  )
})

test('the dtype asked for is the dtype given', () => {
  for (const schedule of [
    constant(1),
    linear({ from: 0, to: 1, steps: 2 }),
    cosine({ peak: 1, steps: 3, warmup: 1 }),
  ]) {
    for (const dtype of ['float32', 'float64'] as const) {
      const value = schedule(tensor(1, { dtype: 'int32' }), dtype)
      expect([value.dtype, value.shape]).toEqual([dtype, []])
    }
  }
})

test('nonsense is refused by name', () => {
  expect(() => constant(NaN)).toThrow('constant: the value is NaN; it must be a finite number')
  expect(() => linear({ from: 0, to: 1, steps: 0 })).toThrow(
    'linear: steps is 0; it must be a whole number of at least 1',
  )
  expect(() => polynomialDecay({ from: 1, steps: 2, power: -1 })).toThrow('polynomialDecay: power is -1')
  expect(() => cosine({ peak: 1, steps: 5, warmup: 5 })).toThrow(
    'cosine: steps is 5; it must be a whole number of at least 6',
  )
})
