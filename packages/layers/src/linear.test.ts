import { ones, randomKey, tensor, zeros } from '@tapeloop/core'
import { checkGradients } from '@tapeloop/testing'
import { expect, test } from 'vitest'
import { linear } from './linear.js'

const layer = linear({ inputSize: 2, outputSize: 3 })
const params = {
  kernel: tensor(
    [
      [1, 2, 3],
      [10, 20, 30],
    ],
    { dtype: 'float64' },
  ),
  bias: tensor([0.5, 0, -1], { dtype: 'float64' }),
}

test('is x·kernel + bias on the last axis, whatever stands before it', () => {
  const x = tensor([[1, 1]], { dtype: 'float64' })
  expect(layer.apply(params, x).toNested()).toEqual([[11.5, 22, 32]])
  expect(layer.apply(params, x.reshape([2])).toNested()).toEqual([11.5, 22, 32])
  expect(layer.apply(params, zeros([4, 5, 2], 'float64')).shape).toEqual([4, 5, 3])
  checkGradients(layer.apply, [params, x])
})

test('without a bias has none', () => {
  const plain = linear({ inputSize: 2, outputSize: 3, bias: false })
  expect(Object.keys(plain.init(randomKey(1)))).toEqual(['kernel'])
  const { kernel } = params
  expect(plain.apply({ kernel }, ones([2], 'float64')).toNested()).toEqual([11, 22, 33])
})

test('starts with a Glorot kernel and a bias of zeros, in the dtype asked for', () => {
  const { kernel, bias } = layer.init(randomKey(1), 'float64')
  expect([kernel.shape, kernel.dtype]).toEqual([[2, 3], 'float64'])
  expect(bias!.toNested()).toEqual([0, 0, 0])
  expect(layer.init(randomKey(1)).kernel.dtype).toBe('float32')
})

test('refuses other features, dtypes, parameters and sizes', () => {
  expect(() => layer.apply(params, zeros([4, 3], 'float64'))).toThrow(
    'linear: x has shape [4, 3]; its last axis must have 2 features',
  )
  expect(() => layer.apply(params, zeros([4, 2]))).toThrow(
    'linear: parameter kernel is float64 but the input float32; cast one of them',
  )
  expect(() => layer.apply(params, zeros([4, 2], 'int32'))).toThrow(
    'linear: x is int32; cast it to float32 or float64',
  )
  expect(() => layer.apply({ kernel: params.kernel }, zeros([2], 'float64'))).toThrow(
    'linear: parameter bias is missing; take parameters from init, with the same options',
  )
  expect(() => linear({ inputSize: 2, outputSize: 0 })).toThrow(
    'linear: outputSize is 0; it must be a whole number from 1',
  )
})
