import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deriveSeed, mulberry32, permutation, shuffled } from './random.js'

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 })

test('mulberry32 gives the numbers of its published definition', () => {
  const random = mulberry32(2001)
  expect([random(), random(), random()].map((value) => value * 2 ** 32)).toEqual(published(2001, 3))
})

/** The definition written with exact integers, independent of 32-bit operators. */
function published(start: number, count: number): number[] {
  const mask = 0xffffffffn
  let a = BigInt(start)
  return Array.from({ length: count }, () => {
    a = (a + 0x6d2b79f5n) & mask
    let t = ((a ^ (a >> 15n)) * (1n | a)) & mask
    t = ((t + (((t ^ (t >> 7n)) * (61n | t)) & mask)) & mask) ^ t
    return Number((t ^ (t >> 14n)) & mask)
  })
}

test('a saved state goes on where the generator was', () => {
  fc.assert(
    fc.property(seed, fc.nat({ max: 50 }), (start, used) => {
      const random = mulberry32(start)
      for (let i = 0; i < used; i++) random()
      const resumed = mulberry32(random.state)
      expect([resumed(), resumed()]).toEqual([random(), random()])
    }),
  )
})

test('numbers are in [0, 1) and about uniform', () => {
  const random = mulberry32(7)
  const values = Array.from({ length: 20_000 }, random)
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...values)).toBeLessThan(1)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01)
})

test('derived seeds differ for different parts, and depend on the seed', () => {
  fc.assert(
    fc.property(seed, seed, seed, (start, a, b) => {
      fc.pre(a !== b)
      expect(deriveSeed(start, a)).not.toBe(deriveSeed(start, b))
      expect(deriveSeed(a, start)).not.toBe(deriveSeed(b, start))
    }),
  )
})

test('a permutation has every number once and repeats with its seed', () => {
  fc.assert(
    fc.property(seed, fc.nat({ max: 100 }), (start, length) => {
      const order = permutation(length, mulberry32(start))
      expect(order.toSorted()).toEqual(Int32Array.from({ length }, (_, i) => i))
      expect(permutation(length, mulberry32(start))).toEqual(order)
    }),
  )
})

test('every order of three items is about equally likely', () => {
  const random = mulberry32(3)
  const counts = new Map<string, number>()
  for (let i = 0; i < 6000; i++) {
    const order = shuffled(['a', 'b', 'c'], random).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe(6)
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
})

test('a seed that is no whole number is refused', () => {
  expect(() => mulberry32(0.5)).toThrow('mulberry32: a seed must be a whole number, but it is 0.5.')
  expect(() => deriveSeed(1, NaN)).toThrow('deriveSeed: a seed must be a whole number, but it is NaN.')
})
