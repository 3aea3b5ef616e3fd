import { grad, randomKey, tensor, type Tensor } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { embedding } from './embedding.js'

const layer = embedding({ count: 3, size: 2 })
const table = tensor(
  [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  { dtype: 'float64' },
)

test('looks up the row of each token', () => {
  const tokens = tensor(
    [
      [2, 0],
      [2, 1],
    ],
    { dtype: 'int32' },
  )
  expect(layer.apply({ table }, tokens).toNested()).toEqual([
    [
      [5, 6],
      [1, 2],
    ],
    [
      [5, 6],
      [3, 4],
    ],
  ])
})

test('adds up the gradients of a token that occurs often', () => {
  const tokens = tensor([2, 2, 0], { dtype: 'int32' })
  const slopes = grad((table: Tensor) => layer.apply({ table }, tokens).sum())(table)
  expect(slopes.toNested()).toEqual([
    [1, 1],
    [0, 0],
    [2, 2],
  ])
})

test('starts with rows of length about 1', () => {
  const wide = embedding({ count: 100, size: 50 }).init(randomKey(1), 'float64').table
  const lengths = wide.mul(wide).sum(-1)
  expect(lengths.mean().itemSync()).toBeCloseTo(1, 1)
})

test('refuses tokens that are no int32 or outside the table, and wrong sizes', () => {
  expect(() => layer.apply({ table }, tensor([1]))).toThrow(
    'embedding: the tokens are float32; cast them to int32',
  )
  expect(() => layer.apply({ table }, tensor([3], { dtype: 'int32' })).dataSync()).toThrow(
    'take: index 3 is outside the axis of size 3; use 0 to 2',
  )
  expect(() => layer.apply({ table: table.transpose() }, tensor([1], { dtype: 'int32' }))).toThrow(
    'embedding: parameter table has shape [2, 3]; it must be [3, 2]',
  )
  expect(() => embedding({ count: 0, size: 2 })).toThrow(
    'embedding: count is 0; it must be a whole number from 1',
  )
})
