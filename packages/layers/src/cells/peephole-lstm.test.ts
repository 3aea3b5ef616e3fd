import { grad, mapTree, normal, randomKey, tensor, zeros, type Tensor } from '@tapeloop/core'
import { checkClose } from '@tapeloop/testing'
import { expect, test } from 'vitest'
import { recurrent } from '../recurrent.js'
import { lstm } from './lstm.js'
import { peepholeLstm } from './peephole-lstm.js'

const size = { inputSize: 2, hiddenSize: 3, recurrentBias: true }
const [plain, layer] = [recurrent(lstm, size), recurrent(peepholeLstm, size)]
const draw = (shape: readonly number[], seed: number) => normal(randomKey(seed), shape, { dtype: 'float64' })
const params = mapTree(plain.init(randomKey(1), 'float64'), ({ shape }, path) => draw(shape, path.length))
const x = draw([2, 6, 2], 2)
const x1 = draw([1, 1, 2], 2)

test('without weight on its peepholes is the LSTM, bit for bit', () => {
  const none = zeros([3], 'float64')
  const blind = { ...params, peepholes: { i: none, f: none, o: none } }
  const [a, b] = [plain.apply(params, x), layer.apply(blind, x)]
  checkClose('peephole LSTM', [b.output, b.state.h, b.state.c], [a.output, a.state.h, a.state.c])
})

test('starts as the LSTM that the same key gives', () => {
  const [a, b] = [plain.init(randomKey(4)), layer.init(randomKey(4))]
  expect(b.kernel.dataSync()).toEqual(a.kernel.dataSync())
  expect(b.recurrentKernel.dataSync()).toEqual(a.recurrentKernel.dataSync())
})

test('sends gradient through its peepholes into the cell, as Greff et al. do and Gers et al. did not', () => {
  // without other weights the next cell is σ(p c) c
  const none = mapTree(params, (leaf) => leaf.mul(0))
  const p = [0.5, -1, 2]
  const peepholes = { i: zeros([3], 'float64'), f: tensor(p, { dtype: 'float64' }), o: zeros([3], 'float64') }
  const h = zeros([1, 3], 'float64')
  const c = [0.3, -0.7, 1.5]
  const next = (c: Tensor) => layer.apply({ ...none, peepholes }, x1, { state: { h, c } }).state.c.sum()
  const slopes = grad(next)(tensor([c], { dtype: 'float64' })).dataSync()
  c.forEach((value, k) => {
    const f = 1 / (1 + Math.exp(-p[k]! * value))
    expect(slopes[k]).toBeCloseTo(f + value * f * (1 - f) * p[k]!, 12)
  })
})
