import { flatten, tensor } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clipByGlobalNorm, clipByNorm, clipByValue, globalNorm } from './clip.js'

const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 6 })
const float64 = (data: readonly number[]) => tensor(Float64Array.from(data))

test('the norm is that of all tensors as one vector', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.constantFrom(1, 2, 3, Infinity), (a, b, order) => {
      const absolute = [...a, ...b].map(Math.abs)
      const expected =
        order === Infinity
          ? Math.max(...absolute)
          : absolute.reduce((total, value) => total + value ** order, 0) ** (1 / order)
      const found = globalNorm({ a: float64(a), deep: [{ b: float64(b) }] }, { order }).itemSync()
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, expected))
    }),
  )
})

test('clipping scales all by min(1, max / (norm + 1e-6)), which leaves small gradients untouched', () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: 0.01, max: 100, noNaN: true }), (data, largest) => {
      const { gradients, norm } = clipByGlobalNorm({ x: float64(data) }, largest)
      const coefficient = Math.min(1, largest / (norm.itemSync() + 1e-6))
      const clipped = [...gradients.x.dataSync()]
      expect(clipped).toEqual(data.map((value) => value * coefficient))
      expect(Math.hypot(...clipped)).toBeLessThanOrEqual(largest * (1 + 1e-12))
    }),
  )
})

test('a NaN or an infinity anywhere is in the norm', () => {
  for (const order of [1, 2, Infinity]) {
    expect(globalNorm([tensor([1, NaN]), tensor([2])], { order }).itemSync()).toBeNaN()
    expect(globalNorm([tensor([1]), tensor([2, -Infinity])], { order }).itemSync()).toBe(Infinity)
  }
})

test('nothing has the norm 0, and the coefficient divides by no 0', () => {
  expect(globalNorm({}).itemSync()).toBe(0)
  const { gradients } = clipByGlobalNorm([tensor([0, 0])], 1)
  expect(flatten(gradients).leaves.map((leaf) => [...leaf.dataSync()])).toEqual([[0, 0]])
})

test('values are moved into the range', () => {
  const { x } = clipByValue({ x: tensor([-3, -0.5, 0, 0.5, 3]) }, 0.5)
  expect([...x.dataSync()]).toEqual([-0.5, -0.5, 0, 0.5, 0.5])
})

test('each tensor is scaled by itself', () => {
  const { a, b } = clipByNorm({ a: float64([3, -4]), b: float64([0.3, 0.4]) }, 1)
  // norms 5 and 0.5: the first is divided by 5 (and a little), the second stays
  ;[0.6, -0.8].forEach((value, i) => expect(a.dataSync()[i]).toBeCloseTo(value, 6))
  expect([...b.dataSync()]).toEqual([0.3, 0.4])
  expect(() => clipByNorm({ a }, -1)).toThrow('clipByNorm: the largest norm is -1')
})

test('nonsense is refused', () => {
  expect(() => clipByGlobalNorm([tensor(1)], -1)).toThrow('clipByGlobalNorm: the largest norm is -1')
  expect(() => clipByValue([tensor(1)], NaN)).toThrow('clipByValue: the largest value is NaN')
  expect(() => globalNorm([tensor(1)], { order: 0 })).toThrow('globalNorm: order is 0')
})
