import { randomKey, split, tanh, zeros, type Tensor } from '@tapeloop/core'
import { describe, expectTypeOf, test } from 'vitest'
import {
  bidirectional,
  cells,
  defineCell,
  glorotUniform,
  gru,
  highway,
  lstm,
  recurrent,
  residual,
  rnn,
  sequential,
  stack,
  variationalDropout,
  weightDrop,
  withInit,
  withLayerNorm,
  withOptions,
  zerosInit,
  zoneout,
  type Cell,
  type CellName,
  type OptionSpecs,
} from './index.js'

const size = { inputSize: 2, hiddenSize: 3 }
const x = zeros([1, 1, 2])
const key = randomKey(1)

/** The parts of a record that every cell below shares. */
const about = { title: '', cite: [], equations: '' }

describe('a record of a cell', () => {
  test('types its step by its options, state and parameters', () => {
    const cell = defineCell({
      ...about,
      name: 'typed',
      options: {
        scale: { type: 'number', default: 1, doc: '' },
        gated: { type: 'boolean', default: true, doc: '' },
        activation: { type: 'choice', choices: ['tanh', 'relu'], default: 'tanh', doc: '' },
      },
      state: ({ hiddenSize }) => ({ h: [hiddenSize], memory: { rows: [2, 2] } }),
      params: ({ inputSize, hiddenSize }, { gated }) => ({
        kernel: glorotUniform([inputSize, hiddenSize]),
        gates: { i: zerosInit([hiddenSize]) },
        ...(gated && { bias: zerosInit([hiddenSize]) }),
      }),
      step(params, state, x, context) {
        expectTypeOf(params.kernel).toEqualTypeOf<Tensor>()
        expectTypeOf(params.gates.i).toEqualTypeOf<Tensor>()
        expectTypeOf(params.bias).toEqualTypeOf<Tensor | undefined>()
        expectTypeOf(state.h).toEqualTypeOf<Tensor>()
        expectTypeOf(state.memory.rows).toEqualTypeOf<Tensor>()
        expectTypeOf(x).toEqualTypeOf<Tensor>()
        expectTypeOf(context.scale).toEqualTypeOf<number>()
        expectTypeOf(context.gated).toEqualTypeOf<boolean>()
        expectTypeOf(context.activation).toEqualTypeOf<'tanh' | 'relu'>()
        expectTypeOf(context.key).toEqualTypeOf<Tensor | undefined>()
        return state
      },
    })
    expectTypeOf(cell.options.activation.choices).toEqualTypeOf<readonly ['tanh', 'relu']>()
  })

  test('with an unknown parameter, state or option in its step is an error', () => {
    const parameter = defineCell({
      ...about,
      name: 'wrong',
      options: {},
      state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
      params: ({ inputSize, hiddenSize }) => ({ kernel: glorotUniform([inputSize, hiddenSize]) }),
      // @ts-expect-error there is no parameter bias
      step: ({ kernel, bias }, { h }, x) => ({ h: tanh(x.matmul(kernel).add(h).add(bias)) }),
    })
    expectTypeOf(parameter).not.toBeAny()
    const state = defineCell({
      ...about,
      name: 'wrong',
      options: {},
      state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
      params: () => ({}),
      // @ts-expect-error there is no state c
      step: (_params, { c }) => ({ h: tanh(c) }),
    })
    expectTypeOf(state).not.toBeAny()
    const option = defineCell({
      ...about,
      name: 'wrong',
      options: { scale: { type: 'number', default: 1, doc: '' } },
      state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
      params: () => ({}),
      // @ts-expect-error there is no option slope
      step: (_params, { h }, _x, { slope }) => ({ h: h.mul(slope) }),
    })
    expectTypeOf(option).not.toBeAny()
  })

  test('whose step forgets a state is an error', () => {
    const cell = defineCell({
      ...about,
      name: 'wrong',
      options: {},
      state: ({ hiddenSize }) => ({ h: [hiddenSize], c: [hiddenSize] }),
      params: () => ({}),
      // @ts-expect-error c is missing
      step: (_params, { h }) => ({ h }),
    })
    expectTypeOf(cell).not.toBeAny()
  })

  test('whose output is none of its states is an error', () => {
    const cell = defineCell({
      ...about,
      name: 'wrong',
      options: {},
      state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
      params: () => ({}),
      // @ts-expect-error there is no state c
      output: 'c',
      step: (_params, { h }) => ({ h }),
    })
    expectTypeOf(cell).not.toBeAny()
  })

  test('whose option has a default of another type is an error', () => {
    const options: OptionSpecs = {
      // @ts-expect-error a number has a number as its default
      scale: { type: 'number', default: 'one', doc: '' },
    }
    expectTypeOf(options).not.toBeAny()
  })

  test('splits packed gates into as many tensors as it says', () => {
    const gates = split(zeros([2, 4]), 4)
    expectTypeOf(gates).toEqualTypeOf<[Tensor, Tensor, Tensor, Tensor]>()
    // @ts-expect-error there is no fifth gate
    expectTypeOf(gates[4]).toBeUndefined()
  })
})

describe('a layer', () => {
  test('knows its parameters and its state', () => {
    const layer = recurrent(lstm, size)
    const params = layer.init(key)
    expectTypeOf(params.kernel).toEqualTypeOf<Tensor>()
    expectTypeOf(params.bias).toEqualTypeOf<Tensor | undefined>()
    const { output, state } = layer.apply(params, x)
    expectTypeOf(output).toEqualTypeOf<Tensor>()
    expectTypeOf(state.c).toEqualTypeOf<Tensor>()
    // @ts-expect-error there is no such parameter
    expectTypeOf(params.kernal).toBeUndefined()
    // @ts-expect-error there is no such state
    expectTypeOf(state.d).toBeUndefined()
  })

  test('takes only parameters and states of its cell', () => {
    const layer = recurrent(lstm, size)
    const params = layer.init(key)
    // @ts-expect-error the recurrent kernel is missing
    layer.apply({ kernel: params.kernel }, x)
    // @ts-expect-error c is missing
    layer.apply(params, x, { state: { h: x } })
    // @ts-expect-error lengths are a tensor
    layer.apply(params, x, { lengths: [1] })
    expectTypeOf(layer.apply).parameter(0).not.toBeAny()
  })

  test('takes only options that its cell has, with values they can have', () => {
    expectTypeOf(recurrent(lstm, { ...size, forgetBias: 2 })).toHaveProperty('apply')
    expectTypeOf(recurrent(rnn, { ...size, activation: 'relu' })).toHaveProperty('apply')
    // @ts-expect-error a GRU has no forget gate
    recurrent(gru, { ...size, forgetBias: 2 })
    // @ts-expect-error a bias is a number
    recurrent(lstm, { ...size, forgetBias: '2' })
    // @ts-expect-error selu is none of the choices
    recurrent(rnn, { ...size, activation: 'selu' })
    // @ts-expect-error the hidden size is missing
    recurrent(rnn, { inputSize: 2 })
    // @ts-expect-error there is no such mode
    recurrent(rnn, size, { checkpoint: 'some' })
    // @ts-expect-error a GRU has no forget gate
    withOptions(gru, { forgetBias: 2 })
  })
})

describe('the registry', () => {
  test('knows its names and the type of every cell', () => {
    expectTypeOf<'rnn' | 'peephole-lstm'>().toExtend<CellName>()
    expectTypeOf<string>().not.toExtend<CellName>()
    // @ts-expect-error there is no such cell
    expectTypeOf(cells['transformer']).toBeUndefined()
    expectTypeOf(cells.lstm).toEqualTypeOf(lstm)
  })

  test('is a list of cells of one type, without any', () => {
    const all: readonly Cell[] = Object.values(cells)
    expectTypeOf(all[0]!.step).parameters.not.toEqualTypeOf<[never, never, never, never]>()
    expectTypeOf<Parameters<Cell['step']>[0]>().not.toBeAny()
    expectTypeOf<Parameters<Cell['step']>[0][string]>().not.toBeAny()
    expectTypeOf<Parameters<Cell['step']>[1][string]>().not.toBeAny()
    expectTypeOf<Parameters<Cell['step']>[3][string]>().not.toBeAny()
    expectTypeOf<ReturnType<Cell['step']>[string]>().not.toBeAny()
    expectTypeOf<ReturnType<(typeof cells)[CellName]['params']>>().not.toBeAny()
  })

  test('gives a cell by a name that is only known at run time', () => {
    const name = 'gru' as CellName
    const cell: Cell = cells[name]
    const layer = recurrent(cell, { ...size, ...({ bias: false } as Record<string, unknown>) })
    const { output } = layer.apply(layer.init(key), x)
    expectTypeOf(output).toEqualTypeOf<Tensor>()
    expectTypeOf(layer.init(key)).not.toBeAny()
  })
})

describe('combinators', () => {
  const [forward, backward] = [recurrent(lstm, size), recurrent(gru, size, { reverse: true })]

  test('around a cell keep its options, state and parameters, and say what they add', () => {
    const regular = zoneout(weightDrop(variationalDropout(lstm, { input: 0.1 }), 0.5), { c: 0.5 })
    const layer = recurrent(regular, { ...size, forgetBias: 2 })
    expectTypeOf(layer.initialState(1)).toEqualTypeOf<{ readonly h: Tensor; readonly c: Tensor }>()
    expectTypeOf(layer.init(key).bias).toEqualTypeOf<Tensor | undefined>()
    const params = recurrent(highway(lstm), size).init(key)
    expectTypeOf(params.cell.kernel).toEqualTypeOf<Tensor>()
    expectTypeOf(params.transform.bias).toEqualTypeOf<Tensor>()
    expectTypeOf(recurrent(withLayerNorm(gru), size).init(key).norm.gain).toEqualTypeOf<Tensor>()
    // @ts-expect-error there is no such option
    recurrent(regular, { ...size, resetAfter: true })
    // @ts-expect-error an initialiser is made for a shape
    withInit(lstm, { kernel: 3 })
  })

  test('keep the types of what they combine', () => {
    const both = bidirectional(forward, backward, { merge: 'sum' })
    expectTypeOf(both.init(key).forward.kernel).toEqualTypeOf<Tensor>()
    const { state } = both.apply(both.init(key), x)
    expectTypeOf(state.forward.c).toEqualTypeOf<Tensor>()
    // @ts-expect-error a GRU has no c
    expectTypeOf(state.backward.c).toBeUndefined()
    // @ts-expect-error there is no such merge
    bidirectional(forward, backward, { merge: 'max' })

    const two = sequential([both, forward])
    expectTypeOf(two.initialState(1)[0].backward.h).toEqualTypeOf<Tensor>()
    expectTypeOf(two.initialState(1)[1].c).toEqualTypeOf<Tensor>()

    const summed = recurrent(residual(lstm), { inputSize: 3, hiddenSize: 3, forgetBias: 2 })
    expectTypeOf(summed.initialState(1).c).toEqualTypeOf<Tensor>()
  })

  test('stack cells of any types into one', () => {
    const deep = stack([lstm, residual(gru), withOptions(rnn, { activation: 'relu' }), stack([rnn])])
    const layer = recurrent(deep, size)
    expectTypeOf(layer.init(key).layers).not.toBeAny()
    expectTypeOf(layer.init(key).layers[0]!).not.toBeAny()
    // @ts-expect-error numbers are no cells
    stack([1])
  })
})
