import { randomKey, tensor, uniform } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { bidirectional } from './bidirectional.js'
import { defineCell } from './cell.js'
import { lstm } from './cells/lstm.js'
import { rnn } from './cells/rnn.js'
import { recurrent } from './recurrent.js'
import { sequential } from './sequential.js'

const both = bidirectional(
  recurrent(rnn, { inputSize: 2, hiddenSize: 3 }),
  recurrent(rnn, { inputSize: 2, hiddenSize: 3 }, { reverse: true }),
)
const top = recurrent(lstm, { inputSize: 6, hiddenSize: 4 })
const layer = sequential([both, top])
const params = layer.init(randomKey(1), 'float64')
const x = uniform(randomKey(2), [2, 5, 2], { dtype: 'float64' })

test('feeds each layer the whole output of the one before, with its state and the lengths', () => {
  const lengths = tensor([5, 3], { dtype: 'int32' })
  const start = layer.apply(params, x).state
  const { output, state } = layer.apply(params, x, { lengths, state: start })
  const below = both.apply(params[0], x, { lengths, state: start[0] })
  const above = top.apply(params[1], below.output, { lengths, state: start[1] })
  expect(output.dataSync()).toEqual(above.output.dataSync())
  expect(state[0].backward.h.dataSync()).toEqual(below.state.backward.h.dataSync())
  expect(state[1].c.dataSync()).toEqual(above.state.c.dataSync())
  expect([layer.inputSize, layer.outputSize]).toEqual([2, 4])
})

test('gives each layer a key of its own', () => {
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
  const size = { inputSize: 2, hiddenSize: 2 }
  const two = sequential([recurrent(noise, size), recurrent(noise, size)])
  const [first, second] = two.apply([{}, {}], x, { key: randomKey(5) }).state
  expect(first.h.dataSync()).not.toEqual(second.h.dataSync())
  expect(Math.max(...first.h.dataSync())).toBeGreaterThan(0)
})

test('refuses layers that do not fit each other, and none', () => {
  expect(() => sequential([top, both])).toThrow(
    'sequential: layer 0 puts out 4 features but layer 1 takes 2; make them equal',
  )
  expect(() => sequential([])).toThrow('sequential: there are no layers; give at least one')
})
