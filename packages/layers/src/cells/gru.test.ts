import { add, broadcastTo, mapTree, normal, randomKey, split, tanh, zeros } from '@tapeloop/core'
import { checkClose } from '@tapeloop/testing'
import { describe, expect, test } from 'vitest'
import { gateBias } from '../initializer.js'
import { recurrent } from '../recurrent.js'
import { gru } from './gru.js'

const size = { inputSize: 2, hiddenSize: 3, recurrentBias: true }
const [after, before] = [recurrent(gru, size), recurrent(gru, { ...size, resetAfter: false })]
const params = mapTree(after.init(randomKey(1), 'float64'), ({ shape }, path) =>
  normal(randomKey(path.length), shape, { dtype: 'float64' }),
)
const x = normal(randomKey(2), [2, 6, 2], { dtype: 'float64' })
const state = { h: normal(randomKey(3), [2, 3], { dtype: 'float64' }) }
const shifted = (...values: number[]) => ({
  ...params,
  bias: add(params.bias!, gateBias(values, 3).draw(randomKey(0), 'float64')),
})

describe('the reset gate', () => {
  test('before and after the product is the same where it is open', () => {
    const open = shifted(1000, 0, 0)
    checkClose(
      'gru',
      [before.apply(open, x, { state }).output],
      [after.apply(open, x, { state }).output],
      1e-14,
    )
  })

  test('makes a difference where it is not', () => {
    const [a, b] = [after, before].map((layer) => layer.apply(params, x, { state }).output.dataSync())
    expect(Math.max(...a!.map((value, i) => Math.abs(value - b![i]!)))).toBeGreaterThan(0.01)
  })

  test('closed before the product leaves the recurrent bias in the candidate, closed after it does not', () => {
    // z = 0: the state is the candidate; kernel 0: the candidate sees only biases
    const closed = { ...shifted(-1000, -1000, 0), kernel: zeros([2, 9], 'float64') }
    const [bias, recurrentBias] = [closed.bias!, closed.recurrentBias!].map((b) => split(b, 3)[2])
    const candidates = (layer: typeof after) => layer.apply(closed, x, { state }).state.h
    checkClose('before', [candidates(before)], [broadcastTo(tanh(bias!.add(recurrentBias!)), [2, 3])], 1e-14)
    checkClose('after', [candidates(after)], [broadcastTo(tanh(bias!), [2, 3])], 1e-14)
  })
})

test('z = 1 keeps the state', () => {
  expect(after.apply(shifted(0, 1000, 0), x, { state }).state.h.dataSync()).toEqual(state.h.dataSync())
})
