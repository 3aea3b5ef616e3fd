/** What each combinator does to a cell, held to plain loops over steps. */
import {
  concat,
  grad,
  normal,
  randomKey,
  sigmoid,
  sliceAxis,
  sub,
  tensor,
  where,
  zeros,
  type Tensor,
} from '@tapeloop/core'
import { checkClose } from '@tapeloop/testing'
import { describe, expect, test } from 'vitest'
import { gru } from './cells/gru.js'
import { cells } from './cells/index.js'
import { irnn } from './cells/irnn.js'
import { lstm } from './cells/lstm.js'
import { clipState } from './clip-state.js'
import { defineCell, type Cell } from './cell.js'
import { highway } from './highway.js'
import { constantInit, zerosInit } from './initializer.js'
import { resolveOptions } from './options.js'
import { recurrent } from './recurrent.js'
import { recurrentDropout } from './recurrent-dropout.js'
import { resetOn } from './reset-on.js'
import { stack } from './stack.js'
import { variationalDropout } from './variational-dropout.js'
import { weightDrop } from './weight-drop.js'
import { withDropout } from './with-dropout.js'
import { withLayerNorm } from './with-layer-norm.js'
import { zoneout } from './zoneout.js'

/** A cell that shows what it is given: each unit adds 1, its input and its weight. */
const counter = defineCell({
  name: 'counter',
  title: 'Counter',
  cite: [],
  equations: 'h_t = h_{t-1} + 1',
  options: {},
  state: ({ hiddenSize }) => ({ h: [hiddenSize], seen: [hiddenSize] }),
  params: ({ hiddenSize }) => ({
    recurrentKernel: constantInit(1, [hiddenSize]),
    bias: zerosInit([hiddenSize]),
  }),
  step: ({ recurrentKernel, bias }, { h, seen }, x) => ({
    h: h.add(recurrentKernel).add(bias),
    seen: seen.add(x),
  }),
})

const [rows, time, units] = [20, 4, 10]
const size = { inputSize: units, hiddenSize: units }
const ones = zeros([rows, time, units], 'float64').add(1)
const key = randomKey(5)
const distinct = (x: Tensor) => [...new Set(x.dataSync())].toSorted((a, b) => a - b)
const run = (cell: unknown, x: Tensor, options = {}, state?: object) => {
  const layer = recurrent(cell as typeof counter, { inputSize: x.shape[2]!, hiddenSize: units })
  return layer.apply(layer.init(randomKey(1), 'float64'), x, {
    ...options,
    ...(state && { state: state as never }),
  })
}
const step = (y: Tensor, t: number) => sliceAxis(y, 1, t, t + 1).reshape([y.shape[0]!, y.shape[2]!])
const share = (x: Tensor, value: number) => x.dataSync().filter((each) => each === value).length / x.size

const wide = normal(randomKey(3), [3, time, units], { dtype: 'float64' })

describe('zoneout', () => {
  test('in training keeps that share of the units, others each step, of each state its own', () => {
    const { output, state } = run(zoneout(counter, { h: 0.25, seen: 0.75 }), ones, { key })
    expect(share(step(output, 0), 0)).toBeCloseTo(0.25, 1)
    expect(output.dataSync().every(Number.isInteger)).toBe(true)
    // a unit that is kept at one step moves at another
    expect(distinct(step(output, 3))).toEqual(expect.arrayContaining([1, 2, 3, 4]))
    expect(state.h.mean().itemSync() / time).toBeCloseTo(0.75, 1)
    expect(state.seen.mean().itemSync() / time).toBeCloseTo(0.25, 1)
  })

  test('in evaluation is the mean of before and after', () => {
    const { output } = run(zoneout(counter, 0.25), ones)
    for (let t = 0; t < time; t++) expect(distinct(step(output, t))).toEqual([0.75 * (t + 1)])
  })

  test('leaves states alone that have no rate, and outputs that are no state', () => {
    const { state } = run(zoneout(counter, { h: 0.5 }), ones, { key })
    expect(distinct(state.seen)).toEqual([time])
    const outward = {
      ...counter,
      step: (...args: Parameters<typeof counter.step>) => ({ ...counter.step(...args), y: args[2] }),
    }
    expect(distinct(run(zoneout(outward, 0.5), ones, { key }).output)).toEqual([1])
  })

  test('refuses rates that keep everything, and states that are none', () => {
    expect(() => zoneout(lstm, 1)).toThrow('zoneout: 1 is given; it must be a rate of at least 0 and below 1')
    expect(() => run(zoneout(lstm, { s: 0.1 }), ones)).toThrow('zoneout: there is no s; it has h, c')
  })
})

describe('variationalDropout', () => {
  test('masks input and state as the step reads it, the same for the whole sequence', () => {
    const cell = variationalDropout(counter, { input: 0.5, state: 0.5 })
    const { output, state } = run(cell, ones, { key })
    // a unit of h is masked at every step, or doubled at every step
    expect(distinct(step(output, 3))).toEqual([1, 15])
    expect(share(step(output, 3), 1)).toBeCloseTo(0.5, 1)
    expect(distinct(state.seen)).toEqual([0, 2 * time])
    expect(run(cell, ones, { key }).output.dataSync()).toEqual(output.dataSync())
    expect(run(cell, ones, { key: randomKey(6) }).output.dataSync()).not.toEqual(output.dataSync())
  })

  test('leaves the memory of an LSTM alone unless named', () => {
    const memory = { h: zeros([rows, units], 'float64'), c: zeros([rows, units], 'float64').add(1) }
    const silent = { ...lstm, step: (_: unknown, state: object) => state } as never
    const usual = run(variationalDropout(silent, { state: 0.5 }) as never, ones, { key }, memory)
    expect(distinct((usual.state as unknown as typeof memory).c)).toEqual([1])
    const named = run(variationalDropout(silent, { state: { c: 0.5 } }) as never, ones, { key }, memory)
    expect(distinct((named.state as unknown as typeof memory).c)).toEqual([0, 2 ** time])
  })

  test('does nothing in evaluation, and refuses wrong rates and names', () => {
    const [a, b] = [run(counter, wide), run(variationalDropout(counter, { input: 0.5, state: 0.5 }), wide)]
    checkClose('evaluation', [b.output, b.state.seen], [a.output, a.state.seen])
    expect(() => variationalDropout(lstm, { input: 1 })).toThrow('variationalDropout: the rate is 1')
    expect(() => run(variationalDropout(lstm, { state: { s: 0.1 } }), ones)).toThrow('there is no s')
  })
})

describe('recurrentDropout', () => {
  const adding = {
    ...counter,
    step: (...args: Parameters<typeof counter.step>) => {
      const [, { h, seen }, x, { onCandidate }] = args
      return { h: h.add(onCandidate ? onCandidate(x) : x), seen }
    },
  }

  test('drops what is added and nothing that is remembered, new each step or one a sequence', () => {
    const { output } = run(recurrentDropout(adding, 0.5), ones, { key })
    expect(distinct(step(output, 3))).toEqual([0, 2, 4, 6, 8])
    const once = run(recurrentDropout(adding, 0.5, { per: 'sequence' }), ones, { key })
    expect(distinct(step(once.output, 3))).toEqual([0, 8])
    expect(distinct(run(recurrentDropout(adding, 0.5), ones).output)).toEqual([1, 2, 3, 4])
  })

  test('reaches the candidates of most cells: where all are dropped, nothing comes in', () => {
    const x = step(wide, 0)
    const dropped = Object.values<Cell>(cells).flatMap((cell) => {
      const layer = recurrent(cell, size)
      let count = 0
      const onCandidate = (candidate: Tensor) => {
        count++
        return zeros(candidate.shape, candidate.dtype)
      }
      const params = layer.init(randomKey(1), 'float64')
      const options = resolveOptions(cell.name, cell.options, {})
      const next = cell.step(params, layer.initialState(3, 'float64'), x, { ...options, onCandidate })
      return count === 0 ? [] : [{ name: cell.name, left: distinct((next['c'] ?? next['h']) as Tensor) }]
    })
    expect(dropped.length).toBeGreaterThan(28)
    for (const { name, left } of dropped) expect(left, name).toEqual([0])
  })

  test('refuses cells without candidates, and wrong rates', () => {
    expect(() => run(recurrentDropout(irnn, 0.5), ones)).toThrow(
      'recurrentDropout: irnn hands out no candidate; use zoneout or variationalDropout',
    )
    expect(() => recurrentDropout(gru, -1)).toThrow('recurrentDropout: the rate is -1')
  })
})

describe('weightDrop', () => {
  test('drops weights, the same for all rows and steps', () => {
    const { output } = run(weightDrop(counter, 0.5), ones, { key })
    expect(distinct(step(output, 3))).toEqual([0, 8])
    const first = output.dataSync().subarray(0, time * units)
    for (let row = 0; row < rows; row++)
      expect(output.dataSync().subarray(row * time * units, (row + 1) * time * units)).toEqual(first)
    expect(distinct(run(weightDrop(counter, 0.5), ones).output)).toEqual([1, 2, 3, 4])
  })

  test('drops in every layer of a stack, each differently', () => {
    const deep = stack([counter as never, counter as never])
    const layer = recurrent(weightDrop(deep, 0.5), size)
    const { state } = layer.apply(layer.init(randomKey(1), 'float64'), ones, { key })
    const [low, high] = (state.layers as unknown as { h: Tensor }[]).map(({ h }) => h)
    expect(distinct(low!)).toEqual([0, 8])
    expect(low!.dataSync()).not.toEqual(high!.dataSync())
  })

  test('refuses parameters that there are not', () => {
    expect(() => run(weightDrop(counter, 0.5, { names: ['kernel'] }), ones)).toThrow(
      'weightDrop: there is no kernel; it has recurrentKernel, bias',
    )
  })
})

describe('clipState', () => {
  test('holds the states named, and lets no gradient through beyond', () => {
    const { output, state } = run(clipState(counter, { h: 2.5 }), ones)
    expect(distinct(output)).toEqual([1, 2, 2.5])
    expect(distinct(state.seen)).toEqual([time])
    const slopes = grad((x: Tensor) => run(clipState(counter, 0.5), x).state.seen.sum())(ones)
    expect(distinct(slopes)).toEqual([0])
    expect(() => clipState(lstm, 0)).toThrow('clipState: 0 is given; it must be a bound above 0')
    expect(() => run(clipState(counter, { c: 1 }), ones)).toThrow('clipState: there is no c; it has h, seen')
  })
})

describe('resetOn', () => {
  const starts = (x: Tensor) => sliceAxis(x, 1, 0, 1).reshape([x.shape[0]!]).greater(0)

  test('gives two sequences in one row what each gives alone', () => {
    const marked = (first: number) => {
      const marks = tensor([first, -1, 1, -1], { shape: [1, time, 1], dtype: 'float64' })
      return concat([concat([marks, marks, marks]), sliceAxis(wide, 2, 1, units)], 2)
    }
    const [x, layer] = [marked(-1), recurrent(resetOn(lstm, starts), size)]
    const params = layer.init(randomKey(1), 'float64')
    const both = layer.apply(params, x)
    const alone = [0, 2].map((from) => recurrent(lstm, size).apply(params, sliceAxis(x, 1, from, from + 2)))
    checkClose(
      'both',
      [both.output],
      [
        concat(
          alone.map(({ output }) => output),
          1,
        ),
      ],
    )
    checkClose('state', [both.state.c], [alone[1]!.state.c])
    // nothing flows back over the reset
    const slopes = grad((x: Tensor) => step(layer.apply(params, x).output, 3).sum())(x)
    expect(distinct(sliceAxis(slopes, 1, 0, 2))).toEqual([0])
    expect(distinct(sliceAxis(slopes, 1, 2, 4)).length).toBeGreaterThan(10)
  })

  test('refuses starts that are no bool for each row', () => {
    expect(() =>
      run(
        resetOn(counter, (x) => x),
        ones,
      ),
    ).toThrow('resetOn: starts returns float64 [20, 10]; it must be bool [20], one for each row of x')
  })
})

describe('highway', () => {
  test('mixes output and input by its gate, and carries at first', () => {
    const layer = recurrent(highway(lstm, { transformBias: -3 }), size)
    const params = layer.init(randomKey(1), 'float64')
    expect(distinct(params.transform.bias)).toEqual([-3])
    const own = recurrent(lstm, size).apply(params.cell, wide)
    const t = sigmoid(wide.matmul(params.transform.kernel).sub(3))
    const expected = t.mul(own.output).add(wide.mul(sub(1, t)))
    const { output, state } = layer.apply(params, wide)
    checkClose('highway', [output, state.h], [expected, own.state.h], 1e-12)
    expect(() => recurrent(highway(lstm), { inputSize: 2, hiddenSize: 3 })).toThrow(
      'highway(lstm): the input has 2 features but the output 3; they are added, so make them equal',
    )
  })
})

describe('withLayerNorm and withDropout', () => {
  test('change the output, not the state', () => {
    const plain = run(gru, wide)
    const dropped = run(withDropout(gru, 0.5), wide, { key })
    checkClose('state', [dropped.state.h], [plain.state.h])
    const kept = where(dropped.output.equal(0), 0, plain.output.mul(2))
    checkClose('output', [dropped.output], [kept], 1e-15)
    expect(share(dropped.output, 0)).toBeCloseTo(0.5, 1)
    expect(distinct(step(dropped.output, 0).equal(step(dropped.output, 1)).cast('int32'))).toEqual([0, 1])
    checkClose('evaluation', [run(withDropout(gru, 0.5), wide).output], [plain.output])
    const layer = recurrent(withLayerNorm(gru), size)
    const normed = layer.apply(layer.init(randomKey(1), 'float64'), wide).output
    for (const mean of normed.mean(-1).dataSync()) expect(mean).toBeCloseTo(0, 12)
    expect(() => withDropout(gru, 1)).toThrow('withDropout: the rate is 1')
  })
})

test('combinators around each other draw masks of their own', () => {
  const twice = run(zoneout(zoneout(counter, 0.5), 0.5), ones, { key })
  // with the same masks the share kept would be a half
  expect(share(step(twice.output, 0), 0)).toBeCloseTo(0.75, 1)
})
