import { concat, grad, normal, randomKey, slice, tensor, where, zeros, type Tensor } from '@tapeloop/core'
import { checkClose, checkGradients } from '@tapeloop/testing'
import { describe, expect, test } from 'vitest'
import { lastStep, meanOverTime } from './over-time.js'

const y = normal(randomKey(1), [3, 4, 2], { dtype: 'float64' })
const lengths = tensor([2, 9, 0], { dtype: 'int32' })
/** What stands behind the lengths. */
const isPadding = tensor(
  [
    [0, 0, 1, 1],
    [0, 0, 0, 0],
    [1, 1, 1, 1],
  ],
  { dtype: 'bool' },
).reshape([3, 4, 1])
const wild = where(isPadding, NaN, y)
const nothing = zeros([1, 2], 'float64')

test('lastStep takes the last step of each row', () => {
  expect(lastStep(y).toNested()).toEqual(slice(y, [null, 3]).toNested())
  const each = concat([slice(y, [[0, 1], 1]), slice(y, [[1, 2], 3]), nothing])
  checkClose('last steps', [lastStep(wild, lengths)], [each])
})

test('meanOverTime takes the mean of the steps of each row', () => {
  checkClose('means', [meanOverTime(y)], [y.mean(1)])
  const each = concat([
    slice(y, [
      [0, 1],
      [0, 2],
    ]).mean(1),
    slice(y, [[1, 2]]).mean(1),
    nothing,
  ])
  checkClose('means', [meanOverTime(wild, lengths)], [each], 1e-15)
})

describe.each([lastStep, meanOverTime])('$name', (pool) => {
  test('has right derivatives, exactly 0 in padding', () => {
    checkGradients((y: Tensor) => pool(y), [y])
    checkGradients((y: Tensor) => pool(y, lengths), [y])
    const slopes = grad((y: Tensor) => pool(y, lengths).sum())(wild)
    expect(
      where(isPadding, slopes, 0)
        .dataSync()
        .every((slope) => slope === 0),
    ).toBe(true)
    expect(slopes.dataSync().every(Number.isFinite)).toBe(true)
  })

  test('refuses what is no sequence', () => {
    expect(() => pool(zeros([3, 2]))).toThrow(
      `${pool.name}: y has shape [3, 2]; it must be [batch, time, features]`,
    )
    expect(() => pool(zeros([3, 0, 2]))).toThrow('with at least one step')
    expect(() => pool(y, tensor([1, 2], { dtype: 'int32' }))).toThrow(
      'it must be int32 [3], one for each row of x',
    )
  })
})
