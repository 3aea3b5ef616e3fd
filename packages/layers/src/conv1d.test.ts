import { concat, randomKey, tensor, zeros, type Tensor } from '@tapeloop/core'
import { checkGradients, drawn, offIntegers } from '@tapeloop/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conv1d } from './conv1d.js'

const column = (values: readonly number[]) =>
  tensor([...values], { shape: [1, values.length, 1], dtype: 'float64' })

test('weighs the steps of every window', () => {
  const layer = conv1d({ inputSize: 1, outputSize: 1, window: 2 })
  const params = {
    kernel: tensor([10, 1], { shape: [2, 1, 1], dtype: 'float64' }),
    bias: tensor([0.5], { dtype: 'float64' }),
  }
  expect([...layer.apply(params, column([1, 2, 3])).dataSync()]).toEqual([12.5, 23.5])
  const apart = conv1d({ inputSize: 1, outputSize: 1, window: 2, dilation: 2, padding: 1, stride: 2 })
  expect([...apart.apply(params, column([1, 2, 3])).dataSync()]).toEqual([2.5, 20.5])
})

test('a causal one keeps the number of steps, and sees none that is later', () => {
  const layer = conv1d({ inputSize: 1, outputSize: 2, window: 3, dilation: 2, padding: 'causal' })
  const params = layer.init(randomKey(1), 'float64')
  const [a, b] = [column([1, 2, 3, 4, 5]), column([1, 2, 3, 9, 9])].map((x) => layer.apply(params, x))
  expect(a!.shape).toEqual([1, 5, 2])
  expect(a!.dataSync().slice(0, 6)).toEqual(b!.dataSync().slice(0, 6))
  expect(a!.dataSync().slice(6)).not.toEqual(b!.dataSync().slice(6))
})

test('keeps groups apart', () => {
  const layer = conv1d({ inputSize: 4, outputSize: 6, window: 2, groups: 2 })
  const params = layer.init(randomKey(1), 'float64')
  const half = (value: number) => tensor(new Float64Array(6).fill(value), { shape: [1, 3, 2] })
  const [a, b] = [half(3), half(-3)].map((second) => layer.apply(params, concat([half(1), second], 2)))
  const group = (y: Tensor, from: number) =>
    [...y.dataSync()].filter((_, i) => i % 6 >= from && i % 6 < from + 3)
  expect(group(a!, 0)).toEqual(group(b!, 0))
  expect(group(a!, 3)).not.toEqual(group(b!, 3))
})

test('has right derivatives, whatever its sizes', () => {
  const samples = drawn((draw) => {
    const [groups, window, dilation] = [draw.integer(1, 2), draw.integer(1, 3), draw.integer(1, 2)]
    const layer = conv1d({
      inputSize: groups * draw.integer(1, 2),
      outputSize: groups * draw.integer(1, 2),
      window,
      dilation,
      groups,
      padding: draw.integer(0, 2),
      stride: draw.integer(1, 2),
      bias: draw.boolean(),
    })
    const steps = (window - 1) * dilation + draw.integer(1, 3)
    const params = layer.init(randomKey(draw.integer(0, 99)), 'float64')
    return { layer, params, x: draw.floats([2, steps, layer.inputSize], offIntegers) }
  })
  const property = fc.property(samples, ({ layer, params, x }) => {
    checkGradients((given: typeof params, x: Tensor) => layer.apply(given, x), [params, x], {
      name: 'conv1d',
    })
  })
  fc.assert(property, { numRuns: 15, seed: 1 })
})

test('refuses what does not fit', () => {
  const sizes = { inputSize: 4, outputSize: 4, window: 2 }
  expect(() => conv1d({ ...sizes, groups: 3 })).toThrow(
    'conv1d: 3 groups do not divide 4 features in and 4 out evenly',
  )
  expect(() => conv1d({ ...sizes, padding: -1 })).toThrow('conv1d: padding is -1; it must be a whole number')
  expect(() => conv1d({ ...sizes, padding: 'causal', stride: 2 })).toThrow(
    'conv1d: a causal stride is 1, not 2',
  )
  const layer = conv1d(sizes)
  const params = layer.init(randomKey(1))
  expect(() => layer.apply(params, zeros([3, 4]))).toThrow('it must be [batch, time, features]')
  expect(() => layer.apply(params, zeros([1, 3, 5]))).toThrow('its last axis must have 4 features')
  expect(() => layer.apply(params, zeros([1, 1, 4]))).toThrow('a window spans 2 entries')
})
