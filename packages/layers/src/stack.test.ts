import { flatten, foldIn, ones, randomKey, uniform, type Tensor, type Tree } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { defineCell } from './cell.js'
import { gru } from './cells/gru.js'
import { lstm } from './cells/lstm.js'
import { residualLstm } from './cells/residual-lstm.js'
import { rnn } from './cells/rnn.js'
import { recurrent } from './recurrent.js'
import { stack } from './stack.js'
import { withOptions } from './with-options.js'

const size = { inputSize: 2, hiddenSize: 3 }
const x = uniform(randomKey(3), [2, 4, 2], { dtype: 'float64' })
const numbers = (x: Tensor) => x.dataSync()
const leavesOf = (record: Tree) => flatten(record).leaves

test('a stack of one is the cell: the same parameters from a key, the same bits out', () => {
  const [alone, stacked] = [recurrent(lstm, size), recurrent(stack([lstm]), size)]
  const params = alone.init(randomKey(1), 'float64')
  const inStack = stacked.init(randomKey(1), 'float64')
  expect(inStack.layers.map(Object.keys)).toEqual([Object.keys(params)])
  const [one, other] = [alone.apply(params, x), stacked.apply(inStack, x)]
  expect(numbers(other.output)).toEqual(numbers(one.output))
})

test('every layer reads the output of the one below', () => {
  const stacked = recurrent(stack([lstm, gru]), size)
  const params = stacked.init(randomKey(1), 'float64')
  const below = recurrent(lstm, size).apply(params.layers[0] as never, x)
  const above = recurrent(gru, { inputSize: 3, hiddenSize: 3 }).apply(params.layers[1] as never, below.output)
  expect(numbers(stacked.apply(params, x).output)).toEqual(numbers(above.output))
})

test('gives each layer its size, and knows what comes out', () => {
  const stacked = recurrent(
    stack([lstm, withOptions(residualLstm, { outputSize: 5 }), rnn], { sizes: [2, 4, 6] }),
    size,
  )
  expect(stacked.outputSize).toBe(6)
  const { layers } = stacked.initialState(1)
  expect(layers.map((state) => leavesOf(state).map(({ shape }) => shape[1]))).toEqual([[2, 2], [5, 4], [6]])
})

describe('randomness', () => {
  const noise = (random: 'step' | 'sequence') =>
    defineCell({
      name: `noise each ${random}`,
      title: '',
      cite: [],
      equations: '',
      options: {},
      random,
      state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
      params: () => ({}),
      step: (_params, { h }, x, { key }) => ({ h: key ? uniform(key, h.shape).add(x.mul(10)) : h }),
    })
  const one = { inputSize: 1, hiddenSize: 1 }
  const key = randomKey(5)
  const digits = (x: Tensor) => x.reshape([-1]).toNested() as number[]

  test('is another in every layer, and keeps the kind of each', () => {
    const both = recurrent(stack([noise('step'), noise('sequence')]), one)
    const { output } = both.apply({ layers: [{}, {}] }, ones([1, 3, 1]), { key })
    const draw = (key: Tensor) => uniform(key, [1, 1])
    const expected = [0, 1, 2].map((t) => {
      const below = draw(foldIn(foldIn(key, 0), t)).add(10)
      return draw(foldIn(key, 1)).add(below.mul(10)).reshape([]).itemSync()
    })
    expect(digits(output)).toEqual(expected)
  })

  test('of a stack in a stack has the same kinds', () => {
    const nested = recurrent(stack([stack([noise('sequence')])]), one)
    const drawn = digits(nested.apply({ layers: [{ layers: [{}] }] }, ones([1, 2, 1]), { key }).output)
    expect(drawn[0]).toBe(drawn[1])
  })
})

test('refuses to be empty, and sizes that are not one a cell', () => {
  expect(() => stack([])).toThrow('stack: there are no cells; give at least one')
  expect(() => stack([lstm, gru], { sizes: [3] })).toThrow(
    'stack: there are 2 cells but 1 sizes; give one size for each cell',
  )
  expect(() => stack([lstm, gru], { sizes: [3, 0] })).toThrow(
    'stack: size 1 is 0; it must be a whole number from 1',
  )
})
