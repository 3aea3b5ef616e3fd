import { mapTree, normal, randomKey, tensor, vjp, zeros, type Tensor } from '@tapeloop/core'
import { checkClose } from '@tapeloop/testing'
import { expect, test } from 'vitest'
import { gateBias } from '../initializer.js'
import { recurrent } from '../recurrent.js'
import { lstm } from './lstm.js'

const layer = recurrent(lstm, { inputSize: 2, hiddenSize: 3 })
const params = layer.init(randomKey(1), 'float64')
const x = normal(randomKey(2), [2, 6, 2], { dtype: 'float64' })
const gates = (...values: number[]) => gateBias(values, 3).draw(randomKey(0), 'float64')

test('starts with open forget gates', () => {
  expect(params.bias!.toNested()).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  const surer = recurrent(lstm, { inputSize: 2, hiddenSize: 3, forgetBias: 4 }).init(randomKey(1))
  expect(surer.bias!.toNested()).toEqual([0, 0, 0, 4, 4, 4, 0, 0, 0, 0, 0, 0])
})

test('with f = 1 and i = 0 keeps its cell, and the whole gradient of it', () => {
  const closed = { ...params, bias: gates(-1000, 1000, 0, 0) }
  const state = { h: zeros([2, 3], 'float64'), c: normal(randomKey(3), [2, 3], { dtype: 'float64' }) }
  const { value, pullback } = vjp(
    (c: Tensor) => layer.apply(closed, x, { state: { ...state, c } }).state.c,
    state.c,
  )
  expect(value.dataSync()).toEqual(state.c.dataSync())
  const weights = tensor([1, 2, 3, 4, 5, 6], { shape: [2, 3], dtype: 'float64' })
  expect(pullback(weights)[0].dataSync()).toEqual(weights.dataSync())
})

test('with o = 0 puts out nothing', () => {
  const { output } = layer.apply({ ...params, bias: gates(0, 0, 0, -1000) }, x)
  expect(output.dataSync().every((value) => value === 0)).toBe(true)
})

test('adds its two biases', () => {
  const twice = recurrent(lstm, { inputSize: 2, hiddenSize: 3, recurrentBias: true })
  const both = mapTree(twice.init(randomKey(1), 'float64'), ({ shape }, path) =>
    normal(randomKey(path.length), shape, { dtype: 'float64' }),
  )
  const { recurrentBias, ...single } = { ...both, bias: both.bias!.add(both.recurrentBias!) }
  expect(recurrentBias!.shape).toEqual([12])
  checkClose('lstm', [twice.apply(both, x).output], [layer.apply(single, x).output], 1e-14)
})
