import { compile, grad, ones, randomKey, tensor, type Tensor } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { dropout } from './dropout.js'

const x = ones([100, 50], 'float64')

test('sets about `rate` of the numbers to 0 and scales the others up, so that the mean stays', () => {
  const values = dropout(x, 0.2, randomKey(1)).dataSync()
  expect(new Set(values)).toEqual(new Set([0, 1.25]))
  const dropped = values.filter((value) => value === 0).length / values.length
  expect(dropped).toBeCloseTo(0.2, 1)
})

test('drops the same for the same key, compiled or not, and other numbers for another', () => {
  const first = dropout(x, 0.5, randomKey(1)).dataSync()
  expect(dropout(x, 0.5, randomKey(1)).dataSync()).toEqual(first)
  const program = compile((x: Tensor, key: Tensor) => dropout(x, 0.5, key))
  expect(program(x, randomKey(1)).dataSync()).toEqual(first)
  expect(program(x, randomKey(2)).dataSync()).not.toEqual(first)
})

test('sends the gradient where the numbers went', () => {
  const kept = dropout(x, 0.5, randomKey(3))
  const slopes = grad((x: Tensor) => dropout(x, 0.5, randomKey(3)).sum())(x)
  expect(slopes.dataSync()).toEqual(kept.dataSync())
})

test('does nothing without a key or a rate', () => {
  expect(dropout(x, 0.5)).toBe(x)
  expect(dropout(x, 0, randomKey(1))).toBe(x)
})

test('drops NaN and infinity like any number', () => {
  const wild = tensor(Float64Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? NaN : Infinity)))
  expect(
    dropout(wild, 0.5, randomKey(1))
      .dataSync()
      .filter((value) => value === 0).length,
  ).toBeGreaterThan(10)
})

test('refuses rates that leave nothing and inputs without derivatives', () => {
  expect(() => dropout(x, 1, randomKey(1))).toThrow(
    'dropout: the rate is 1; it must be at least 0 and below 1',
  )
  expect(() => dropout(x, NaN)).toThrow('the rate is NaN')
  expect(() => dropout(x.cast('int32'), 0.5)).toThrow('dropout: x is int32; cast it to float32 or float64')
})
