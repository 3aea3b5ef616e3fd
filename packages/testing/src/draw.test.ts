import type { Tensor } from '@tapeloop/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawn, drawnAlike, offIntegers, positive, shapes, tensors, wide } from './draw.js'

const numbers = (x: Tensor) => Array.from(x.dataSync())

describe('drawn values', () => {
  test('lie on their grid, away from kinks', () => {
    const holds = fc.property(
      tensors({}, offIntegers),
      tensors({}, positive),
      tensors({}, wide),
      (a, b, c) => {
        for (const value of numbers(a)) expect(Math.abs(value - Math.round(value))).toBeGreaterThan(0.02)
        for (const value of numbers(b)) expect(value).toBeGreaterThan(0.06)
        for (const value of numbers(c)) expect(Math.abs(value)).toBeLessThan(3.91)
      },
    )
    fc.assert(holds, { seed: 1 })
  })

  test('reach both ends of their ranges', () => {
    const values = fc.sample(
      drawn((draw) => draw.integer(-1, 1)),
      { numRuns: 50, seed: 1 },
    )
    expect(new Set(values)).toEqual(new Set([-1, 0, 1]))
    const ranks = fc.sample(shapes({ empty: true }), { numRuns: 200, seed: 1 })
    expect(new Set(ranks.map(({ length }) => length))).toEqual(new Set([0, 1, 2, 3]))
    expect(ranks.some((shape) => shape.includes(0))).toBe(true)
    expect(fc.sample(shapes({ maxRank: 0 }), 5)).toEqual([[], [], [], [], []])
  })

  test('are distinct where they should be', () => {
    const holds = fc.property(
      drawn((draw) => draw.distinct([3, 3])),
      (x) => {
        const sorted = numbers(x).toSorted((a, b) => a - b)
        sorted.slice(1).forEach((value, i) => expect(value - sorted[i]!).toBeGreaterThan(0.1))
      },
    )
    fc.assert(holds, { seed: 1 })
  })

  test('permutations name each axis once', () => {
    const orders = fc.sample(
      drawn((draw) => draw.permutation(3)),
      { numRuns: 100, seed: 1 },
    )
    expect(new Set(orders.map((order) => order.join())).size).toBe(6)
  })

  test('drawn alike have one structure and different elements', () => {
    const pairs = drawnAlike((draw) => draw.floats(draw.shape({ minRank: 2 })), 2)
    const sample = fc.sample(pairs, { numRuns: 50, seed: 1 })
    for (const [a, b] of sample) expect(a!.shape).toEqual(b!.shape)
    expect(sample.filter(([a, b]) => String(a) !== String(b)).length).toBeGreaterThan(45)
  })

  test('shrink to the simplest that still fails', () => {
    const { counterexample } = fc.check(
      fc.property(tensors({ empty: true }), (x) => x.rank < 2 || !numbers(x).some((value) => value < -1)),
      { seed: 3 },
    )
    const [x] = counterexample as [Tensor]
    expect([x.rank, x.size]).toEqual([2, 1])
  })
})
