import { concat, randomKey, tensor, uniform, type Tensor } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { bidirectional } from './bidirectional.js'
import { defineCell } from './cell.js'
import { gru } from './cells/gru.js'
import { lstm } from './cells/lstm.js'
import { recurrent } from './recurrent.js'

const size = { inputSize: 2, hiddenSize: 3 }
const [forward, backward] = [recurrent(lstm, size), recurrent(gru, size, { reverse: true })]
const x = uniform(randomKey(3), [2, 4, 2], { dtype: 'float64' })
const layer = bidirectional(forward, backward)
const params = layer.init(randomKey(1), 'float64')
const [a, b] = [forward.apply(params.forward, x), backward.apply(params.backward, x)]

describe('merges', () => {
  test.each([
    ['concat', concat([a.output, b.output], -1)],
    ['sum', a.output.add(b.output)],
    ['mean', a.output.add(b.output).div(2)],
    ['product', a.output.mul(b.output)],
  ] as const)('%s', (merge, expected: Tensor) => {
    const merged = bidirectional(forward, backward, { merge })
    const { output, state } = merged.apply(params, x)
    expect(output.dataSync()).toEqual(expected.dataSync())
    expect([merged.outputSize, output.shape[2]]).toEqual([expected.shape[2], expected.shape[2]])
    expect(state.forward.c.dataSync()).toEqual(a.state.c.dataSync())
    expect(state.backward.h.dataSync()).toEqual(b.state.h.dataSync())
  })
})

test('concatenates unless said', () => {
  expect(layer.outputSize).toBe(6)
})

test('continues both directions from a state, and hands lengths to both', () => {
  const state = { forward: a.state, backward: b.state }
  const lengths = tensor([4, 2], { dtype: 'int32' })
  const { output } = layer.apply(params, x, { state, lengths })
  const each = [
    forward.apply(params.forward, x, { state: a.state, lengths }).output,
    backward.apply(params.backward, x, { state: b.state, lengths }).output,
  ]
  expect(output.dataSync()).toEqual(concat(each, -1).dataSync())
})

test('gives the directions different parameters', () => {
  const same = bidirectional(recurrent(lstm, size), recurrent(lstm, size, { reverse: true })).init(
    randomKey(1),
  )
  expect(same.forward.kernel.dataSync()).not.toEqual(same.backward.kernel.dataSync())
})

test('gives the directions different randomness', () => {
  const noise = defineCell({
    name: 'noise',
    title: 'Noise',
    cite: [],
    equations: '',
    options: {},
    random: 'sequence',
    state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
    params: () => ({}),
    step: (_params, { h }, _x, { key }) => ({ h: key ? uniform(key, h.shape, { dtype: h.dtype }) : h }),
  })
  const both = bidirectional(recurrent(noise, size), recurrent(noise, size, { reverse: true }))
  const { state } = both.apply({ forward: {}, backward: {} }, x, { key: randomKey(5) })
  expect(state.forward.h.dataSync()).not.toEqual(state.backward.h.dataSync())
})

test('refuses wrong directions and sizes', () => {
  expect(() => bidirectional(forward, recurrent(gru, size))).toThrow(
    'bidirectional: give a forward layer, then one made with { reverse: true }',
  )
  expect(() => bidirectional(backward, backward)).toThrow('give a forward layer, then one')
  const wide = recurrent(gru, { inputSize: 3, hiddenSize: 4 }, { reverse: true })
  expect(() => bidirectional(forward, wide)).toThrow(
    'bidirectional: inputSize is 2 forward and 3 backward; make them equal',
  )
  const deep = recurrent(gru, { inputSize: 2, hiddenSize: 4 }, { reverse: true })
  expect(() => bidirectional(forward, deep, { merge: 'sum' })).toThrow(
    'bidirectional: outputs of 3 and 4 features cannot be merged by sum; make them equal, or concatenate',
  )
  expect(() => bidirectional(forward, backward, { merge: 'max' as 'sum' })).toThrow(
    'bidirectional: merge is max; it must be concat or sum or mean or product',
  )
})
