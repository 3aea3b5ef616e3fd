import { grad, tensor, type Tensor } from '@tapeloop/core'
import { checkGradients } from '@tapeloop/testing'
import { describe, expect, test } from 'vitest'
import type { Reduction } from './reduction.js'
import { huberLoss, meanAbsoluteError, meanSquaredError, smoothL1Loss } from './regression.js'

const [a, b] = [tensor([1, 2, 4], { dtype: 'float64' }), tensor([1.5, 0, 4], { dtype: 'float64' })]

describe('meanSquaredError', () => {
  test('is the mean, the sum or the list of squared differences', () => {
    expect(meanSquaredError(a, b).itemSync()).toBeCloseTo(4.25 / 3, 14)
    expect(meanSquaredError(a, b, { reduction: 'sum' }).itemSync()).toBe(4.25)
    expect(meanSquaredError(a, b, { reduction: 'none' }).toNested()).toEqual([0.25, 4, 0])
    checkGradients((a: Tensor, b: Tensor) => meanSquaredError(a, b), [a, b])
  })

  test('refuses to broadcast', () => {
    expect(() => meanSquaredError(a, b.reshape([3, 1]))).toThrow(
      'meanSquaredError: the operands are float64 [3] and float64 [3, 1]; give both the same shape and dtype',
    )
  })

  test('refuses dtypes that differ or have no derivative, and unknown reductions', () => {
    expect(() => meanSquaredError(a, b.cast('float32'))).toThrow('float64 [3] and float32 [3]')
    expect(() => meanSquaredError(a.cast('int32'), b.cast('int32'))).toThrow(
      'meanSquaredError: the first operand is int32; cast it to float32 or float64',
    )
    expect(() => meanSquaredError(a, b, { reduction: 'avg' as Reduction })).toThrow('the reduction is avg')
  })
})

test('meanAbsoluteError is the mean, the sum or the list of distances', () => {
  expect(meanAbsoluteError(a, b).itemSync()).toBeCloseTo(2.5 / 3, 14)
  expect(meanAbsoluteError(a, b, { reduction: 'sum' }).itemSync()).toBe(2.5)
  expect(meanAbsoluteError(a, b, { reduction: 'none' }).toNested()).toEqual([0.5, 2, 0])
})

test('huberLoss is a parabola near 0 and a line far from it', () => {
  expect(huberLoss(a, b, { reduction: 'none' }).toNested()).toEqual([0.125, 1.5, 0])
  expect(huberLoss(a, b, { delta: 4, reduction: 'none' }).toNested()).toEqual([0.125, 2, 0])
})

test('huberLoss has one slope from both sides, at the bound too', () => {
  const slopes = (x: readonly number[]) => {
    const zero = tensor([0, 0, 0, 0], { dtype: 'float64' })
    const point = tensor([...x], { dtype: 'float64' })
    return grad((x: Tensor) => huberLoss(x, zero, { reduction: 'sum' }))(point).toNested()
  }
  expect(slopes([-3, -1, 0, 0.5])).toEqual([-1, -1, 0, 0.5])
})

test('smoothL1Loss is the loss of Huber in units of its bound', () => {
  for (const beta of [0.25, 1, 3]) {
    const expected = huberLoss(a, b, { delta: beta }).itemSync() / beta
    expect(smoothL1Loss(a, b, { beta }).itemSync()).toBeCloseTo(expected, 14)
  }
})

test('all have right derivatives away from the kinks', () => {
  const c = tensor([1.3, 0.5, -4], { dtype: 'float64' })
  for (const loss of [meanAbsoluteError, huberLoss, smoothL1Loss])
    checkGradients((a: Tensor, b: Tensor) => loss(a, b), [a, c], { name: loss.name })
})

test('nonsense is refused by name', () => {
  expect(() => meanAbsoluteError(a, b.reshape([3, 1]))).toThrow('meanAbsoluteError: the operands are')
  expect(() => huberLoss(a, b, { delta: 0 })).toThrow(
    'huberLoss: delta is 0; it must be a finite number above 0',
  )
  expect(() => smoothL1Loss(a, b, { beta: -1 })).toThrow('smoothL1Loss: beta is -1')
})
