/** The tester is tested: every fault planted here must be caught by the check that is named beside it. */
import { customVjp, flip, iota, sigmoid, split, tanh, type Tensor } from '@tapeloop/core'
import {
  cells,
  constantInit,
  defineCell,
  glorotUniform,
  orthogonal,
  zerosInit,
  type Cell,
} from '@tapeloop/layers'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkGolden, type Golden } from './golden.js'
import { cellSubject, type AnyLayer, type CellSubject, type DrawnLayer } from './sample.js'
import { cellChecks } from './suite.js'

const sound = defineCell({
  name: 'sound',
  title: 'A simple recurrent network',
  cite: [],
  equations: '',
  options: {},
  state: ({ hiddenSize }) => ({ h: [hiddenSize] }),
  params: ({ inputSize, hiddenSize }) => ({
    kernel: glorotUniform([inputSize, hiddenSize]),
    recurrentKernel: orthogonal([hiddenSize, hiddenSize]),
    bias: zerosInit([hiddenSize]),
  }),
  step: ({ kernel, recurrentKernel, bias }, { h }, x) => ({
    h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel)).add(bias)),
  }),
})
/** What goes with other parameters. */
const { parallel: _, ...withoutForms } = sound

/** The sound cell with another step. */
const stepping = (step: typeof sound.step) => cellSubject({ ...sound, step } as Cell)

/** The sound cell, lifted over time by something with a fault. */
function lifting(
  fault: (make: DrawnLayer['make'], how: Parameters<DrawnLayer['make']>[0]) => AnyLayer,
): CellSubject {
  const subject = cellSubject(sound)
  return {
    ...subject,
    draw(draw) {
      const drawn = subject.draw(draw)
      return { ...drawn, make: (how) => fault(drawn.make, how) }
    },
  }
}

/** The sound layer with another `apply`. */
const applying = (
  apply: (layer: AnyLayer, ...args: Parameters<AnyLayer['apply']>) => ReturnType<AnyLayer['apply']>,
) =>
  lifting((make, how) => {
    const layer = make(how)
    return { ...layer, apply: (...args) => apply(layer, ...args) }
  })

const almostTanh = customVjp(
  (z: Tensor) => tanh(z),
  ([z], y, g) => [g.mul(y.mul(y).neg().add(1)).mul(z.mul(0).add(1.001))],
)
let steps = 0

const faults: readonly (readonly [fault: string, caughtBy: string, CellSubject, says: RegExp])[] = [
  [
    'a derivative wrong by 0.1 %',
    'has the derivatives that differences have, to the second order',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: almostTanh(x.matmul(kernel).add(h.matmul(recurrentKernel)).add(bias)),
    })),
    /sound: reverse mode gives .* but central differences/,
  ],
  [
    'an unused bias',
    'uses every parameter and every state',
    stepping(({ kernel, recurrentKernel }, { h }, x) => ({
      h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel))),
    })),
    /element 0 of params.bias never changes an output/,
  ],
  [
    'an unused state',
    'uses every parameter and every state',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: tanh(x.matmul(kernel).matmul(recurrentKernel).add(bias)).add(h.mul(0)),
    })),
    /element 0 of state.h never changes an output/,
  ],
  [
    'a leaking batch row',
    'keeps the rows of a batch apart',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => {
      const z = x.matmul(kernel).add(h.matmul(recurrentKernel)).add(bias)
      return { h: tanh(z.sub(z.mean(0).mul(1e-3))) }
    }),
    /sound, each row alone/,
  ],
  [
    'padding that is read',
    'is not changed by padding, not even by NaN',
    applying((layer, params, x, { state } = {}) => layer.apply(params, x, { ...(state && { state }) })),
    /with lengths .* and NaN behind them/,
  ],
  [
    'padding multiplied by 0',
    'is not changed by padding, not even by NaN',
    applying((layer, params, x, { state, lengths } = {}) => {
      const mask =
        lengths &&
        iota(x.shape[1]!)
          .reshape([1, -1, 1])
          .less(lengths.reshape([-1, 1, 1]))
      return layer.apply(params, mask ? x.mul(mask.cast(x.dtype)) : x, { ...(state && { state }) })
    }),
    /with lengths .* and NaN behind them/,
  ],
  [
    'a key that is not used',
    'draws its parameters from the key',
    cellSubject({
      ...sound,
      params: ({ inputSize, hiddenSize }) => ({
        kernel: constantInit(0.1, [inputSize, hiddenSize]),
        recurrentKernel: constantInit(0.1, [hiddenSize, hiddenSize]),
        bias: zerosInit([hiddenSize]),
      }),
    } as Cell),
    /give the same parameters/,
  ],
  [
    'two parameters of one dotted name',
    'survives saving and loading',
    cellSubject(
      defineCell({
        ...withoutForms,
        params: ({ inputSize, hiddenSize }) => ({
          'kernel.recurrent': orthogonal([hiddenSize, hiddenSize]),
          kernel: {
            recurrent: orthogonal([hiddenSize, hiddenSize]),
            input: glorotUniform([inputSize, hiddenSize]),
          },
        }),
        step: ({ 'kernel.recurrent': first, kernel: { recurrent: second, input } }, { h }, x) => ({
          h: tanh(x.matmul(input).add(h.matmul(first)).sub(tanh(h).matmul(second))),
        }),
      }),
    ),
    /saved and loaded/,
  ],
  [
    'cancellation that float64 hides',
    'computes in float32 too',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel)).add(1e4).sub(1e4).add(bias)),
    })),
    /sound in float32/,
  ],
  [
    'a step that is not pure',
    'compiles to the same bits',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel)).add(bias.mul(++steps))),
    })),
    /sound, compiled/,
  ],
  [
    'a loop that does more than its steps',
    'over time does what a loop of its steps does',
    applying((layer, params, x, how) => layer.apply(params, x.mul(1.5), how)),
    /sound over time/,
  ],
  [
    'a state that is not taken up',
    'continues from a state',
    applying((layer, params, x) => layer.apply(params, x)),
    /steps cut after/,
  ],
  [
    'a look into the future',
    'sees no later input',
    applying((layer, params, x, how) => layer.apply(params, x.add(flip(x, 1).mul(1e-3)), how)),
    /outputs up to step \d/,
  ],
  ['a direction that is ignored', 'runs in reverse', lifting((make) => make()), /sound in reverse/],
  [
    'a reverse that begins in the padding',
    'runs in reverse from the end of each row',
    lifting((make, how) => {
      const layer = make()
      if (!how?.reverse) return layer
      return {
        ...layer,
        apply(params, x, options) {
          const { output, state } = layer.apply(params, flip(x, 1), options)
          return { output: flip(output, 1), state }
        },
      }
    }),
    /sound in reverse with lengths/,
  ],
  [
    'a checkpoint that changes the last bits',
    'recomputes instead of keeping',
    lifting((make, how) => {
      const layer = make(how)
      if (how?.checkpoint === undefined) return layer
      return {
        ...layer,
        apply: (params, x, options) => layer.apply(params, x.mul(1 + 2 ** -50), options),
      }
    }),
    /with checkpoint all/,
  ],
  [
    'a memory of one step',
    'learns to copy three symbols',
    stepping(({ kernel, recurrentKernel, bias }, { h }, x) => ({
      h: tanh(x.matmul(kernel).add(h.matmul(recurrentKernel).mul(1e-3)).add(bias)),
    })),
    /nats after \d+ updates on the copy task/,
  ],
]

test('without a fault every check passes', { timeout: 60_000 }, () => {
  for (const { check } of cellChecks) check(cellSubject(sound))
  expect(cellChecks.length).toBeGreaterThan(15)
})

test.each(faults)('%s is caught: a layer that %s', { timeout: 60_000 }, (_, title, subject, says) => {
  const { check } = cellChecks.find((each) => each.title === title)!
  expect(() => check(subject)).toThrow(says)
})

test('every check catches some fault', () => {
  const used = new Set(faults.map(([, title]) => title))
  // what only a fault of `vmap` itself could break is planted where core is tested
  const unused = cellChecks.filter(({ title }) => !used.has(title)).map(({ title }) => title)
  expect(unused).toEqual(['under vmap does what it does one by one'])
})

describe('golden numbers', () => {
  const { lstm, gru } = cells

  test('catch two swapped gates, which every other check passes', { timeout: 60_000 }, () => {
    const swapped: Cell = {
      ...lstm,
      step({ kernel, recurrentKernel, bias, recurrentBias }, { h, c }, x) {
        const fromInput = bias ? x.matmul(kernel).add(bias) : x.matmul(kernel)
        const fromState = recurrentBias
          ? h.matmul(recurrentKernel).add(recurrentBias)
          : h.matmul(recurrentKernel)
        const [f, i, g, o] = split(fromInput.add(fromState), 4)
        const next = sigmoid(f)
          .mul(c)
          .add(sigmoid(i).mul(tanh(g)))
        return { h: sigmoid(o).mul(tanh(next)), c: next }
      },
    } as typeof lstm as Cell
    for (const { check } of cellChecks) check(cellSubject(swapped))
    expect(() => checkGolden(swapped, goldenOf('lstm'))).toThrow(/lstm with its usual options of output/)
  })

  test('catch a wrong branch of an option', () => {
    const oneWay: Cell = {
      ...gru,
      step: (params, state, x, context) => gru.step(params, state, x, { ...context, resetAfter: true }),
    } as typeof gru as Cell
    expect(() => checkGolden(oneWay, goldenOf('gru'))).toThrow(/gru with resetAfter false of output/)
  })

  test('freeze the names and shapes of parameters', () => {
    const renamed: Cell = {
      ...gru,
      params: (size, options) => {
        const { kernel, ...rest } = gru.params(size, options as never)
        return { inputKernel: kernel, ...rest }
      },
    }
    expect(() => checkGolden(renamed, goldenOf('gru'))).toThrow(
      'gru with its usual options: it has params.inputKernel [2, 9], params.recurrentKernel [3, 9], params.bias [9], ' +
        'state.h [2, 3], x [2, 3, 2] but its golden numbers params.kernel [2, 9]',
    )
  })

  test('are missed with the way to make them', () => {
    expect(() => checkGolden(sound, undefined)).toThrow(
      'sound: there is no packages/layers/golden/sound.json; write the equations as plain loops in ' +
        'packages/testing/src/cells/scalar/sound.ts, add it to index.ts there, and run npm run golden sound',
    )
  })

  test('have a case for every option', () => {
    const { cases, ...rest } = goldenOf('gru')
    const fewer = cases.filter(({ options }) => options['bias'] !== false)
    expect(() => checkGolden(gru, { ...rest, cases: fewer })).toThrow(
      'gru: its golden numbers have no case with bias false; make them again',
    )
  })
})

function goldenOf(name: string): Golden {
  const file = new URL(`../../../layers/golden/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as Golden
}
