import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyMemoryBaseline, copyMemoryBatches } from './copy-memory.js'

const size = fc.record({
  batchSize: fc.integer({ min: 1, max: 4 }),
  delay: fc.integer({ min: 1, max: 30 }),
  span: fc.integer({ min: 1, max: 12 }),
  symbols: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(),
})

test('symbols, blanks, a signal, blanks; the answer is blank until after the signal', () => {
  fc.assert(
    fc.property(size, (options) => {
      const { batchSize, delay, span, symbols } = options
      const { x, y, shape } = copyMemoryBatches(options).batch({ epoch: 0, batch: 0 })
      expect(shape).toEqual([batchSize, delay + 2 * span])
      const blanks = (count: number) => Array.from({ length: count }, () => 0)
      for (let row = 0; row < batchSize; row++) {
        const input = [...x.subarray(row * shape[1], (row + 1) * shape[1])]
        const shown = input.slice(0, span)
        expect(shown.every((symbol) => symbol >= 1 && symbol <= symbols)).toBe(true)
        expect(input).toEqual([...shown, ...blanks(delay - 1), symbols + 1, ...blanks(span)])
        expect([...y.subarray(row * shape[1], (row + 1) * shape[1])]).toEqual([
          ...blanks(span + delay),
          ...shown,
        ])
      }
    }),
  )
})

test('batches depend on the seed and the place alone', () => {
  const at = (seed: number, batch: number) =>
    copyMemoryBatches({ batchSize: 4, delay: 5, seed }).batch({ epoch: 0, batch }).x
  expect(at(1, 3)).toEqual(at(1, 3))
  expect(at(1, 3)).not.toEqual(at(1, 4))
  expect(at(1, 3)).not.toEqual(at(2, 3))
})

test('the baseline is the published one', () => {
  expect(copyMemoryBaseline({ delay: 1000 })).toBeCloseTo(0.02039, 5)
})

test('no delay is refused', () => {
  expect(() => copyMemoryBatches({ batchSize: 1, delay: 0, seed: 1 })).toThrow(
    'copyMemoryBatches: delay must be a whole number of at least 1, but it is 0.',
  )
})
