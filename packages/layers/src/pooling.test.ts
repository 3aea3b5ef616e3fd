import { tensor, zeros, type Tensor } from '@tapeloop/core'
import { checkGradients, drawn } from '@tapeloop/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { averagePool, maxPool } from './pooling.js'

const x = tensor([1, -5, 3, -2, -4], { shape: [1, 5, 1], dtype: 'float64' })

test('takes the largest and the mean of each window', () => {
  expect([...maxPool(x, { size: 2 }).dataSync()]).toEqual([1, 3])
  expect([...averagePool(x, { size: 2 }).dataSync()]).toEqual([-2, 0.5])
  expect([...maxPool(x, { size: 3, stride: 1 }).dataSync()]).toEqual([3, 3, 3])
})

test('padding is never the largest, and counts as 0 in an average', () => {
  const low = x.sub(10)
  expect([...maxPool(low, { size: 3, stride: 4, padding: 1 }).dataSync()]).toEqual([-9, -12])
  expect([...averagePool(x, { size: 2, stride: 5, padding: 1 }).dataSync()]).toEqual([0.5, -2])
})

test('have right derivatives, whatever their windows', () => {
  const samples = drawn((draw) => {
    const size = draw.integer(1, 3)
    const options = { size, stride: draw.integer(1, 3), padding: draw.integer(0, size - 1) }
    return { options, x: draw.distinct([draw.integer(1, 2), draw.integer(3, 5), 2]) }
  })
  const property = fc.property(samples, ({ options, x }) => {
    for (const pool of [maxPool, averagePool]) checkGradients((x: Tensor) => pool(x, options), [x])
  })
  fc.assert(property, { numRuns: 15, seed: 1 })
})

test('refuse windows and inputs that do not fit', () => {
  expect(() => maxPool(x, { size: 0 })).toThrow('maxPool: size is 0; it must be a whole number from 1')
  expect(() => averagePool(x, { size: 2, padding: 2 })).toThrow(
    'averagePool: padding is 2; it must be a whole number from 0 and below the size 2',
  )
  expect(() => maxPool(zeros([2, 3]), { size: 1 })).toThrow('maxPool: x has shape [2, 3]')
  expect(() => maxPool(zeros([1, 2, 1], 'int32'), { size: 1 })).toThrow('maxPool: x is int32')
})
