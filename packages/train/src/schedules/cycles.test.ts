import { tensor } from '@tapeloop/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cosine } from './anneal.js'
import { cosineAnnealing, cyclic, oneCycle, warmRestarts } from './cycles.js'
import type { Schedule } from './schedule.js'

const at = (schedule: Schedule, step: number, dtype: 'float32' | 'float64' = 'float64') =>
  schedule(tensor(step, { dtype: 'int32' }), dtype).itemSync()
const path = (schedule: Schedule, steps: readonly number[]) => steps.map((step) => at(schedule, step))
const range = (count: number) => Array.from({ length: count }, (_, i) => i)

test('cosineAnnealing is cosine at first, and then goes up and down again', () => {
  const schedule = cosineAnnealing({ peak: 2, floor: 1, halfPeriod: 6 })
  const once = cosine({ peak: 2, floor: 1, steps: 6 })
  for (const t of range(7)) expect(at(schedule, t)).toBeCloseTo(at(once, t), 12)
  for (const t of range(12)) expect(at(schedule, 12 - t)).toBeCloseTo(at(schedule, t), 12)
  // no less exact after millions of updates
  expect(at(schedule, 12_000_003, 'float32')).toBe(at(schedule, 3, 'float32'))
})

test('warmRestarts begins again after falls that are each longer', () => {
  const schedule = warmRestarts({ peak: 2, floor: 1, period: 3, growth: 2 })
  const falls = [
    [0, 3],
    [3, 6],
    [9, 12],
    [21, 24],
  ] as const
  for (const [start, length] of falls) {
    const fall = cosine({ peak: 2, floor: 1, steps: length })
    for (const t of range(length)) expect(at(schedule, start + t)).toBeCloseTo(at(fall, t), 12)
  }
  const same = warmRestarts({ peak: 2, period: 3 })
  for (const t of range(3)) expect(at(same, t + 3000)).toBe(at(same, t))
})

describe('cyclic', () => {
  test('rises and falls in straight lines', () => {
    const schedule = cyclic({ floor: 1, peak: 3, rise: 2, fall: 4 })
    expect(path(schedule, range(8))).toEqual([1, 2, 3, 2.5, 2, 1.5, 1, 2])
  })

  test('halves each height, or lowers it at each update', () => {
    const halved = cyclic({ floor: 1, peak: 3, rise: 2, mode: 'triangular2' })
    expect(path(halved, range(11))).toEqual([1, 2, 3, 2, 1, 1.5, 2, 1.5, 1, 1.25, 1.5])
    const lowered = cyclic({ floor: 1, peak: 3, rise: 2, mode: 'exponential', factor: 0.5 })
    expect(path(lowered, range(5))).toEqual([1, 1.5, 1.5, 1.125, 1])
  })
})

describe('oneCycle', () => {
  test('goes from initial to peak to final, and stays', () => {
    const schedule = oneCycle({
      peak: 4,
      initial: 2,
      final: 1,
      steps: 10,
      warmupFraction: 0.3,
      anneal: 'linear',
    })
    const values = path(schedule, [0, 1, 2, 9, 100])
    ;[2, 3, 4, 1, 1].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 12))
  })

  test('in three phases is again at initial before it falls to final', () => {
    const schedule = oneCycle({
      peak: 4,
      initial: 2,
      final: 1,
      steps: 12,
      warmupFraction: 0.25,
      threePhase: true,
    })
    const values = path(schedule, [0, 1, 2, 3, 4, 11])
    ;[2, 3, 4, 3, 2, 1].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 12))
  })

  test('never leaves its range', () => {
    const options = fc.record({ steps: fc.integer({ min: 8, max: 60 }), threePhase: fc.boolean() })
    fc.assert(
      fc.property(options, fc.nat({ max: 80 }), (options, t) => {
        const value = at(oneCycle({ peak: 1, ...options, warmupFraction: 0.25 }), t)
        expect(value).toBeLessThanOrEqual(1 + 1e-12)
        expect(value).toBeGreaterThanOrEqual(1 / 25e4 - 1e-12)
      }),
    )
  })
})

test('the dtype asked for is the dtype given', () => {
  for (const schedule of [
    cosineAnnealing({ peak: 1, halfPeriod: 2 }),
    warmRestarts({ peak: 1, period: 2, growth: 3 }),
    cyclic({ floor: 0, peak: 1, rise: 2, mode: 'triangular2' }),
    oneCycle({ peak: 1, steps: 10 }),
  ]) {
    for (const dtype of ['float32', 'float64'] as const) {
      const value = schedule(tensor(1, { dtype: 'int32' }), dtype)
      expect([value.dtype, value.shape]).toEqual([dtype, []])
    }
  }
})

test('nonsense is refused by name', () => {
  expect(() => cosineAnnealing({ peak: 1, halfPeriod: 0 })).toThrow('cosineAnnealing: halfPeriod is 0')
  expect(() => warmRestarts({ peak: 1, period: 2, growth: 1.5 })).toThrow(
    'warmRestarts: growth is 1.5; it must be a whole number of at least 1',
  )
  expect(() => cyclic({ floor: 0, peak: 1, rise: 2, mode: 'square' as 'triangular' })).toThrow(
    'cyclic: mode is square; it must be triangular or triangular2 or exponential',
  )
  expect(() => cyclic({ floor: 0, peak: 1, rise: 2, mode: 'exponential' })).toThrow(
    'cyclic: mode is exponential and factor is undefined; the factor belongs to the mode exponential',
  )
  expect(() => oneCycle({ peak: 1, steps: 3 })).toThrow(
    'oneCycle: with 3 steps and a warmupFraction of 0.3 the phases end at',
  )
  expect(() => oneCycle({ peak: 1, steps: 30, anneal: 'toString' as 'linear' })).toThrow(
    'oneCycle: anneal is toString; it must be cosine or linear',
  )
})
