import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bitsPerCharacter, perplexity, throughput } from './metrics.js'

test('a uniform guess among n has perplexity n and log2(n) bits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e5 }), (n) => {
      expect(perplexity(Math.log(n)) / n).toBeCloseTo(1, 10)
      expect(bitsPerCharacter(Math.log(n))).toBeCloseTo(Math.log2(n), 10)
    }),
  )
})

test('tokens of several characters share their bits', () => {
  expect(bitsPerCharacter(Math.log(16), { tokens: 10, characters: 40 })).toBeCloseTo(1, 12)
  expect(() => bitsPerCharacter(1, { tokens: 3, characters: 0 })).toThrow(
    'bitsPerCharacter: characters is 0; it must be a whole number of at least 1',
  )
})

test('throughput counts what is inside its window', () => {
  const meter = throughput(10, 100)
  expect(meter.perSecond()).toBe(0)
  meter.add(50, 101)
  expect(meter.perSecond()).toBe(50)
  meter.add(150, 102)
  expect(meter.perSecond()).toBe(100)
  // the window slides: only the last span is left, 300 things in 28 seconds
  meter.add(0, 130)
  meter.add(300, 158)
  expect(meter.perSecond()).toBeCloseTo(300 / 28, 12)
})
