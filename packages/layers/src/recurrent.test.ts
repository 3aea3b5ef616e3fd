import { add, foldIn, normal, ones, randomKey, tensor, uniform, zeros, type Tensor } from '@tapeloop/core'
import { describe, expect, test } from 'vitest'
import { defineCell, type Cell } from './cell.js'
import { lstm } from './cells/lstm.js'
import { rnn } from './cells/rnn.js'
import { recurrent } from './recurrent.js'

const layer = recurrent(lstm, { inputSize: 2, hiddenSize: 3 })
const params = layer.init(randomKey(1), 'float64')
const x = normal(randomKey(2), [4, 5, 2], { dtype: 'float64' })

/** Adds up its input in one state and counts in another. */
const counter = defineCell({
  name: 'counter',
  title: 'Sum and count',
  cite: [],
  equations: '',
  options: {},
  state: ({ inputSize }) => ({ sum: [inputSize], count: [] }),
  params: () => ({}),
  output: 'sum',
  step: (_params, { sum, count }, x) => ({ count: count.add(1), sum: sum.add(x) }),
})

describe('apply', () => {
  test('gives outputs [batch, time, outputSize] and the state after, which the last output is', () => {
    const { output, state } = layer.apply(params, x)
    expect(output.shape).toEqual([4, 5, 3])
    expect([state.h.shape, state.c.shape]).toEqual([
      [4, 3],
      [4, 3],
    ])
    const last = (output.toNested() as number[][][]).map((row) => row.at(-1))
    expect(state.h.toNested()).toEqual(last)
  })

  test('takes a state in another order', () => {
    const { h, c } = layer.apply(params, x).state
    const swapped = layer.apply(params, x, { state: { c, h } })
    expect(swapped.output.dataSync()).toEqual(layer.apply(params, x, { state: { h, c } }).output.dataSync())
  })

  test('over no steps gives no output and the state it began with', () => {
    const begin = layer.apply(params, x).state
    const { output, state } = layer.apply(params, zeros([4, 0, 2], 'float64'), { state: begin })
    expect(output.shape).toEqual([4, 0, 3])
    expect(state.c.dataSync()).toEqual(begin.c.dataSync())
  })

  test('with lengths leaves the state where a row ends; longer ones count as all steps, 0 as none', () => {
    const sum = recurrent(counter, { inputSize: 1, hiddenSize: 1 })
    const lengths = tensor([0, 2, 3, 9], { dtype: 'int32' })
    const { output, state } = sum.apply({}, ones([4, 3, 1]), { lengths })
    expect(state.count.toNested()).toEqual([0, 2, 3, 3])
    expect(state.sum.toNested()).toEqual([[0], [2], [3], [3]])
    expect(output.reshape([4, 3]).toNested()).toEqual([
      [0, 0, 0],
      [1, 2, 0],
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  test('keeps states apart that a step returns in another order, with lengths too', () => {
    const sum = recurrent(counter, { inputSize: 1, hiddenSize: 1 })
    expect(sum.apply({}, ones([1, 3, 1])).state.count.toNested()).toEqual([3])
  })
})

describe('the output of a cell', () => {
  test('is the state it names', () => {
    const viaCell = recurrent({ ...lstm, output: 'c' } as typeof lstm, { inputSize: 2, hiddenSize: 3 })
    const { output, state } = viaCell.apply(params, x)
    const last = (output.toNested() as number[][][]).map((row) => row.at(-1))
    expect(state.c.toNested()).toEqual(last)
  })

  test('is y where the step returns one', () => {
    const readout = defineCell({
      ...counter,
      outputSize: ({ inputSize }) => 2 * inputSize,
      step: (_params, { sum, count }, x) => {
        const next = sum.add(x)
        return { sum: next, count, y: add(next, 100).matmul(tensor([[1, -1]])) }
      },
    })
    const layer = recurrent(readout, { inputSize: 1, hiddenSize: 1 })
    expect(layer.outputSize).toBe(2)
    expect(layer.apply({}, ones([1, 2, 1])).output.toNested()).toEqual([
      [
        [101, -101],
        [102, -102],
      ],
    ])
  })

  test('that names no state is refused', () => {
    const { output: _, ...nameless } = counter
    expect(() => recurrent(nameless, { inputSize: 1, hiddenSize: 1 })).toThrow(
      'counter: its output is the state h, which it does not have; give the record an output or outputSize',
    )
  })
})

describe('randomness', () => {
  const noise = (random?: 'step' | 'sequence') =>
    defineCell({
      name: 'noise',
      title: 'Noise',
      cite: [],
      equations: '',
      options: {},
      ...(random && { random }),
      state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
      params: () => ({}),
      step: (_params, { h }, _x, { key }) => ({ h: key ? uniform(key, h.shape, { dtype: h.dtype }) : h }),
    })
  const key = randomKey(7)
  const input = ones([1, 3, 1])
  const draws = (random: 'step' | 'sequence', key?: Tensor) =>
    recurrent(noise(random), { inputSize: 1, hiddenSize: 2 })
      .apply({}, input, key ? { key } : {})
      .output.reshape([3, 2])
      .toNested() as number[][]

  test('is new each step, or the same for the whole sequence', () => {
    const eachStep = draws('step', key)
    expect(eachStep).toEqual([0, 1, 2].map((t) => uniform(foldIn(key, t), [1, 2]).reshape([2]).toNested()))
    const [first, second, third] = draws('sequence', key)
    expect(first).toEqual(uniform(key, [1, 2]).reshape([2]).toNested())
    expect([second, third]).toEqual([first, first])
  })

  test('repeats with the key and changes with it', () => {
    expect(draws('step', key)).toEqual(draws('step', key))
    expect(draws('step', randomKey(8))).not.toEqual(draws('step', key))
  })

  test('is absent without a key, as in evaluation', () => {
    expect(draws('step')).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ])
  })

  test('in reverse belongs to the step, not to the order', () => {
    const layer = recurrent(noise('step'), { inputSize: 1, hiddenSize: 2 }, { reverse: true })
    expect(layer.apply({}, input, { key }).output.reshape([3, 2]).toNested()).toEqual(draws('step', key))
  })
})

describe('refuses', () => {
  test.each([
    [{ inputSize: 0, hiddenSize: 3 }, 'lstm: inputSize is 0; it must be a whole number from 1'],
    [{ inputSize: 2, hiddenSize: 2.5 }, 'lstm: hiddenSize is 2.5; it must be a whole number from 1'],
    [
      { inputSize: 2, hiddenSize: undefined },
      'lstm: hiddenSize is undefined; it must be a whole number from 1',
    ],
    [
      { inputSize: 2, hiddenSize: 3, forgetbias: 1 },
      'lstm: there is no option forgetbias; its options are forgetBias',
    ],
    [{ inputSize: 2, hiddenSize: 3, bias: 'no' }, 'lstm: option bias is "no"; it must be true or false'],
  ])('the sizes and options %o', (given, says) => {
    expect(() => recurrent(lstm, given as never)).toThrow(says)
  })

  const { bias: _, ...withoutBias } = params
  const apply = (
    given: { params?: object; x?: Tensor } & Record<string, unknown>,
    { params: p = params, x: input = x, ...how } = given,
  ) => layer.apply(p as typeof params, input, how)

  test.each([
    [
      { x: zeros([5, 2], 'float64') },
      'lstm: x has shape [5, 2]; it must be [batch, time, 2], the last its inputSize',
    ],
    [{ x: zeros([4, 5, 3], 'float64') }, 'lstm: x has shape [4, 5, 3]; it must be [batch, time, 2]'],
    [{ x: zeros([4, 5, 2], 'int32') }, 'lstm: x is int32; cast it to float32 or float64, or embed it first'],
    [{ x: zeros([4, 5, 2]) }, 'lstm: parameter kernel is float64 but the input float32; cast one of them'],
    [
      { params: withoutBias },
      'lstm: parameter bias is missing; take parameters from init, with the same options',
    ],
    [{ params: { ...params, recurrentBias: zeros([12]) } }, 'lstm: parameter recurrentBias is not expected'],
    [
      { params: recurrent(lstm, { inputSize: 2, hiddenSize: 4 }).init(randomKey(1), 'float64') },
      'lstm: parameter kernel has shape [2, 16]; it must be [2, 12]',
    ],
    [{ state: { h: zeros([4, 3], 'float64') } }, 'lstm: state c is missing; take a state from initialState'],
    [{ state: layer.initialState(2, 'float64') }, 'lstm: state h has shape [2, 3]; it must be [4, 3]'],
    [{ state: layer.initialState(4) }, 'lstm: state h is float32 but the input float64; cast one of them'],
    [
      { lengths: tensor([1, 2], { dtype: 'int32' }) },
      'lstm: lengths is int32 [2]; it must be int32 [4], one for each row of x',
    ],
    [{ lengths: tensor([1, 2, 3, 4]) }, 'lstm: lengths is float32 [4]; it must be int32 [4]'],
  ])('%o', (given, says) => {
    expect(() => apply(given)).toThrow(says)
  })

  test.each([
    [
      'a step that forgets a state',
      () => ({}),
      'forgetful: the next state h is missing; step returns what state declares',
    ],
    [
      'a step that returns another state',
      ({ h }: { h: Tensor }) => ({ h, c: h }),
      'forgetful: the next state c is not expected; step returns what state declares',
    ],
    [
      'a step that changes a shape',
      ({ h }: { h: Tensor }) => ({ h: h.sum(0, { keepDims: true }) }),
      'forgetful: the next state h has shape [1, 3]; it must be [4, 3]',
    ],
  ])('%s', (_, next, says) => {
    const forgetful = {
      ...rnn,
      name: 'forgetful',
      step: (_params: unknown, state: never) => next(state),
    } as unknown as Cell
    const layer = recurrent(forgetful, { inputSize: 2, hiddenSize: 3 })
    const lengths = tensor([1, 2, 3, 4], { dtype: 'int32' })
    expect(() => layer.apply(layer.init(randomKey(1), 'float64'), x, { lengths })).toThrow(says)
  })
})
