import { grad, normal, randomKey, slice, sliceAxis, tensor, where, zeros, type Tensor } from '@tapeloop/core'
import { checkClose, checkGradients, drawn } from '@tapeloop/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { additiveAttention, dotAttention, type Attended, type AttentionOptions } from './attention.js'

const random = (seed: number, shape: readonly number[]) =>
  normal(randomKey(seed), shape, { dtype: 'float64' })
const column = (values: number[]) => tensor(values, { shape: [1, values.length, 1], dtype: 'float64' })

test('dotAttention weighs states by the softmax of their products with the query', () => {
  const { context, weights } = dotAttention(column([1, 0]), column([0, Math.log(3)]))
  checkClose(
    'weights',
    [weights],
    [
      tensor(
        [
          [
            [0.25, 0.75],
            [0.5, 0.5],
          ],
        ],
        { dtype: 'float64' },
      ),
    ],
    1e-15,
  )
  checkClose('context', [context], [column([0.75 * Math.log(3), 0.5 * Math.log(3)])], 1e-15)
  const wide = random(1, [1, 2, 4])
  const scaled = dotAttention(wide, wide, { scaled: true })
  checkClose('scaled', [scaled.weights], [dotAttention(wide.div(2), wide).weights], 1e-12)
})

test('additiveAttention scores by v · tanh(W q + U s)', () => {
  const layer = additiveAttention({ querySize: 1, stateSize: 1, hiddenSize: 1 })
  const one = (value: number) => tensor([[value]], { dtype: 'float64' })
  const params = { queryKernel: one(2), stateKernel: one(3), scoreKernel: one(4) }
  const { weights } = layer.apply(params, column([0.1]), column([0.2, -0.3]))
  const [a, b] = [4 * Math.tanh(0.2 + 0.6), 4 * Math.tanh(0.2 - 0.9)]
  expect(weights.dataSync()[0]).toBeCloseTo(1 / (1 + Math.exp(b - a)), 12)
})

type Attend = (queries: Tensor, states: Tensor, options?: AttentionOptions) => Attended
const additive = additiveAttention({ querySize: 2, stateSize: 2, hiddenSize: 3 })
const params = additive.init(randomKey(3), 'float64')
const kinds: readonly { readonly name: string; readonly attend: Attend }[] = [
  { name: 'dotAttention', attend: (queries, states, options) => dotAttention(queries, states, options) },
  {
    name: 'additiveAttention',
    attend: (queries, states, options) => additive.apply(params, queries, states, options),
  },
]

describe.each(kinds)('$name', ({ attend }) => {
  test('has weights that add up to 1, and right derivatives, whatever the lengths', () => {
    const samples = drawn((draw) => {
      const [batchSize, time] = [draw.integer(1, 2), draw.integer(1, 3)]
      return {
        queries: draw.floats([batchSize, draw.integer(1, 2), 2]),
        states: draw.floats([batchSize, time, 2]),
        lengths: draw.integers([batchSize], 1, time),
      }
    })
    const property = fc.property(samples, ({ queries, states, lengths }) => {
      for (const total of attend(queries, states, { lengths }).weights.sum(-1).dataSync())
        expect(total).toBeCloseTo(1, 12)
      checkGradients(
        (queries: Tensor, states: Tensor) => attend(queries, states, { lengths }),
        [queries, states],
      )
    })
    fc.assert(property, { numRuns: 10, seed: 1 })
  })

  test('gives a row what it gives it alone without its padding, whatever stands there', () => {
    const [queries, states] = [random(4, [3, 2, 2]), random(5, [3, 4, 2])]
    const lengths = tensor([1, 3, 0], { dtype: 'int32' })
    const isPadding = tensor(
      [
        [0, 1, 1, 1],
        [0, 0, 0, 1],
        [1, 1, 1, 1],
      ],
      { dtype: 'bool' },
    ).reshape([3, 4, 1])
    const wild = where(isPadding, NaN, states)
    const { context, weights } = attend(queries, wild, { lengths })
    for (const [row, length] of [1, 3].entries()) {
      const own = attend(rowOf(queries, row), slice(rowOf(states, row), [null, [0, length]]))
      checkClose('context', [rowOf(context, row)], [own.context], 1e-15)
    }
    expect(
      [...rowOf(context, 2).dataSync(), ...rowOf(weights, 2).dataSync()].every((value) => value === 0),
    ).toBe(true)
    const slopes = grad((states: Tensor) => attend(queries, states, { lengths }).context.sum())(wild)
    expect(
      where(isPadding, slopes, 0)
        .dataSync()
        .every((slope) => slope === 0),
    ).toBe(true)
    expect(slopes.dataSync().every(Number.isFinite)).toBe(true)
  })
})

test('refuses what does not fit', () => {
  const states = zeros([2, 3, 4])
  expect(() => dotAttention(zeros([2, 4]), states)).toThrow(
    'dotAttention: queries and states have shapes [2, 4] and [2, 3, 4]; they must be [batch, queries, size]',
  )
  expect(() => dotAttention(zeros([2, 1, 3]), states)).toThrow('its last axis must have 4 features')
  expect(() => dotAttention(zeros([2, 1, 4]), states, { lengths: tensor([1], { dtype: 'int32' }) })).toThrow(
    'dotAttention: lengths is int32 [1]; it must be int32 [2]',
  )
  expect(() => additiveAttention({ querySize: 1, stateSize: 0, hiddenSize: 1 })).toThrow('stateSize is 0')
})

function rowOf(x: Tensor, row: number): Tensor {
  return sliceAxis(x, 0, row, row + 1)
}
