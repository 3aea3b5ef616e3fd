import { grad, randomKey, tensor, type Tensor } from '@tapeloop/core'
import { checkGradients } from '@tapeloop/testing'
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

test('leaves the row of padding as it is: zeros at first, no gradient ever', () => {
  const padded = embedding({ count: 3, size: 2, padding: 1 })
  const start = padded.init(randomKey(1)).table.toNested() as number[][]
  expect(start[1]).toEqual([0, 0])
  expect(start.flat().filter((value) => value !== 0)).toHaveLength(4)
  const tokens = tensor([1, 1, 0], { dtype: 'int32' })
  expect(padded.apply({ table }, tokens).toNested()).toEqual([
    [3, 4],
    [3, 4],
    [1, 2],
  ])
  const slopes = grad((table: Tensor) => padded.apply({ table }, tokens).sum())(table)
  expect(slopes.toNested()).toEqual([
    [1, 1],
    [0, 0],
    [0, 0],
  ])
  expect(() => embedding({ count: 3, size: 2, padding: 3 })).toThrow(
    'embedding: padding is 3; it must be a token, a whole number from 0 to 2',
  )
})

test('scores tokens by the same table, and adds up the gradients of both uses', () => {
  const y = tensor([[1, -1]], { dtype: 'float64' })
  expect(layer.scores({ table }, y).toNested()).toEqual([[-1, -1, -1]])
  const tokens = tensor([2], { dtype: 'int32' })
  const tied = (table: Tensor) => layer.scores({ table }, layer.apply({ table }, tokens))
  // each row gets the token's vector, and the token's row all rows besides
  expect(grad((table: Tensor) => tied(table).sum())(table).toNested()).toEqual([
    [5, 6],
    [5, 6],
    [14, 18],
  ])
  checkGradients(tied, [table])
  expect(() => layer.scores({ table }, tensor([1]))).toThrow('embedding: x has shape [1]')
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
