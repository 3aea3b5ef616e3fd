import { randomKey, zeros } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { cells } from './cells/index.js'
import { resolveOptions } from './options.js'
import { constantInit, uniformInit } from './initializer.js'
import { checkParams, countParams, drawParams, initialState } from './params.js'

const specs = {
  kernel: uniformInit(1, [2, 3]),
  gates: { i: constantInit(2, [3]), absent: undefined },
  layers: [{ w: uniformInit(1, [2]) }, { w: uniformInit(1, [2]) }],
}

describe('drawParams', () => {
  test('keeps the nesting and leaves out what options switch off', () => {
    const params = drawParams(specs, randomKey(1), 'float64')
    expect(Object.keys(params.gates)).toEqual(['i'])
    expect(params.layers.map(({ w }) => w.shape)).toEqual([[2], [2]])
    expect(params.gates.i.toNested()).toEqual([2, 2, 2])
  })

  test('draws each parameter by a key of its own, so that one more at the end changes no other', () => {
    const { kernel, layers } = drawParams(specs, randomKey(1), 'float64')
    expect(layers[0]!.w.dataSync()).not.toEqual(layers[1]!.w.dataSync())
    const more = drawParams({ ...specs, last: uniformInit(1, [4]) }, randomKey(1), 'float64')
    expect(more.kernel.dataSync()).toEqual(kernel.dataSync())
    expect(more.layers[1]!.w.dataSync()).toEqual(layers[1]!.w.dataSync())
  })
})

test('initialState is zeros with the batch first', () => {
  const state = initialState({ h: [3], memory: { rows: [2, 2] }, count: [] }, 5, 'float32')
  expect([state.h.shape, state.memory.rows.shape, state.count.shape]).toEqual([[5, 3], [5, 2, 2], [5]])
  expect(state.h.dataSync().every((value) => value === 0)).toBe(true)
})

describe('countParams', () => {
  const [D, H] = [5, 7]
  const size = { inputSize: D, hiddenSize: H }
  const count = (name: keyof typeof cells, given = {}) => {
    const cell = cells[name]
    const options = resolveOptions(cell.name, cell.options, given)
    return countParams(cell.params(size, options as never))
  }

  test.each([
    ['rnn', {}, H * (D + H) + H],
    ['rnn', { bias: false }, H * (D + H)],
    ['lstm', {}, 4 * (H * (D + H) + H)],
    ['lstm', { recurrentBias: true }, 4 * (H * (D + H) + 2 * H)],
    ['gru', {}, 3 * (H * (D + H) + H)],
    ['peephole-lstm', {}, 4 * (H * (D + H) + H) + 3 * H],
    ['residual-lstm', {}, 4 * (H * (D + H) + H) + 3 * H + H * H + D * H],
    ['residual-lstm', { outputSize: D }, D * (3 * H + D) * 2 + 3 * H + D + 2 * H + 2 * H * D],
  ] as const)('of %s with %o is %i, as its equations say', (name, options, expected) => {
    expect(count(name, options)).toBe(expected)
  })
})

describe('checkParams', () => {
  const params = drawParams(specs, randomKey(1), 'float64')
  const check = (given: object) => checkParams('cell', specs, given as typeof params, 'float64')

  test('takes a record in another order and gives it back in the usual one', () => {
    const { kernel, gates, layers } = params
    expect(Object.keys(check({ layers, gates, kernel }))).toEqual(['kernel', 'gates', 'layers'])
  })

  test.each([
    [{ gates: {} }, 'cell: parameter gates.i is missing; take parameters from init, with the same options'],
    [{ gates: { i: 3 } }, 'cell: parameter gates.i is missing'],
    [{ layers: [params.layers[0]] }, 'cell: parameter layers.1.w is missing'],
    [{ extra: zeros([1]) }, 'cell: parameter extra is not expected; take parameters from init'],
    [{ kernel: zeros([3, 2], 'float64') }, 'cell: parameter kernel has shape [3, 2]; it must be [2, 3]'],
    [{ kernel: zeros([2, 3]) }, 'cell: parameter kernel is float32 but the input float64; cast one of them'],
  ])('refuses %o', (given, says) => {
    expect(() => check({ ...params, ...given })).toThrow(says)
  })
})
