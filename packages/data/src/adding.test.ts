import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addingBaseline, addingBatches } from './adding.js'

const size = fc.record({
  batchSize: fc.integer({ min: 1, max: 8 }),
  seqLength: fc.integer({ min: 2, max: 40 }),
  seed: fc.nat(),
})

test.each(['float32', 'float64'] as const)(
  '%s: one mark in each half, and the target is their sum',
  (dtype) => {
    fc.assert(
      fc.property(size, fc.nat({ max: 100 }), (options, index) => {
        const problem =
          dtype === 'float32' ? addingBatches({ ...options, dtype }) : addingBatches({ ...options, dtype })
        const { x, y, shape } = problem.batch({ epoch: 0, batch: index })
        expect(x).toBeInstanceOf(dtype === 'float32' ? Float32Array : Float64Array)
        expect(shape).toEqual([options.batchSize, options.seqLength, 2])
        const half = Math.floor(options.seqLength / 2)
        for (let row = 0; row < options.batchSize; row++) {
          const steps = Array.from({ length: options.seqLength }, (_, t) => {
            const at = 2 * (row * options.seqLength + t)
            return { t, value: x[at]!, mark: x[at + 1]! }
          })
          expect(steps.every(({ value }) => value >= 0 && value <= 1)).toBe(true)
          const marked = steps.filter(({ mark }) => mark === 1)
          expect(marked.map(({ t }) => t < half)).toEqual([true, false])
          expect(steps.filter(({ mark }) => mark === 0).length).toBe(options.seqLength - 2)
          expect(y[row]).toBeCloseTo(marked[0]!.value + marked[1]!.value, 6)
        }
      }),
    )
  },
)

test('batches depend on the seed and the place alone', () => {
  const options = { batchSize: 2, seqLength: 5, seed: 1, dtype: 'float64' } as const
  const at = (seed: number, batch: number) => addingBatches({ ...options, seed }).batch({ epoch: 0, batch }).x
  expect(at(1, 3)).toEqual(at(1, 3))
  expect(at(1, 3)).not.toEqual(at(1, 4))
  expect(at(1, 3)).not.toEqual(at(2, 3))
})

test('always answering 1 has the error of the baseline', () => {
  const { y } = addingBatches({ batchSize: 20_000, seqLength: 2, seed: 5, dtype: 'float64' }).batch({
    epoch: 0,
    batch: 0,
  })
  const error = y.reduce((sum, target) => sum + (target - 1) ** 2, 0) / y.length
  expect(Math.abs(error - addingBaseline)).toBeLessThan(0.005)
})

test('a single step cannot hold two numbers', () => {
  expect(() => addingBatches({ batchSize: 1, seqLength: 1, seed: 1, dtype: 'float32' })).toThrow(
    'addingBatches: seqLength must be a whole number of at least 2, but it is 1.',
  )
})
