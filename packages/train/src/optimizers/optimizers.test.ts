import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, flatten, mean, tanh, tensor, valueAndGrad, type Tensor, type Tree } from '@tapeloop/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedFolder } from '../../../../scripts/shared.js'
import { clipByGlobalNorm, clipByNorm, clipByValue } from '../clip.js'
import { linear } from '../schedules/anneal.js'
import { constant } from '../schedules/schedule.js'
import { accumulate } from './accumulate.js'
import { adadelta } from './adadelta.js'
import { adagrad } from './adagrad.js'
import { adam, adamw, type AdamOptions } from './adam.js'
import { adamax } from './adamax.js'
import { chain } from './chain.js'
import { ema } from './ema.js'
import { groups } from './groups.js'
import { lion } from './lion.js'
import { muon } from './muon.js'
import { nadam } from './nadam.js'
import { ntAsgd } from './nt-asgd.js'
import type { Optimizer } from './optimizer.js'
import { radam } from './radam.js'
import { rmsprop } from './rmsprop.js'
import { sgd } from './sgd.js'

type Params = Record<'W1' | 'b1' | 'W2' | 'b2', Tensor>

interface Stored {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface Case {
  readonly name: string
  readonly config: {
    readonly optimizer: string
    readonly args: Readonly<Record<string, unknown>>
    readonly clip_grad_norm?: number
    readonly norm_type?: number | 'Infinity'
    readonly clip_grad_value?: number
    readonly param_groups?: readonly ({ readonly params: readonly string[] } & Readonly<
      Record<string, unknown>
    >)[]
  }
  readonly inputs: Record<'X' | 'Y', Stored>
  readonly params: Record<keyof Params, Stored>
  readonly outputs: {
    readonly steps: readonly {
      readonly loss: number
      readonly grad_norm_before_clip: number
      readonly total_norm?: number
      readonly params: Record<keyof Params, Stored>
    }[]
  }
}

const kinds: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => Optimizer>> = {
  'torch.optim.SGD': (args) => sgd(args as unknown as { learningRate: number }),
  'torch.optim.Adam': (args) => adam(args as AdamOptions),
  'torch.optim.AdamW': (args) => adamw(args as AdamOptions),
  'torch.optim.Adamax': adamax,
  'torch.optim.NAdam': (args) => nadam({ ...args, repeatMomentum: true }), // a PyTorch before 2.0
  'torch.optim.RAdam': radam,
  'torch.optim.RMSprop': rmsprop,
  'torch.optim.Adagrad': adagrad,
  'torch.optim.Adadelta': adadelta,
}
const ours: Readonly<Record<string, string>> = {
  lr: 'learningRate',
  weight_decay: 'weightDecay',
  eps: 'epsilon',
  alpha: 'decay',
  rho: 'decay',
  lr_decay: 'learningRateDecay',
  initial_accumulator_value: 'initialAccumulator',
}

const files = ['optimizers.1.json', 'optimizers.2.json'].map((name) =>
  join(sharedFolder, 'vectors/torch', name),
)
const areThere = files.every((file) => existsSync(file))
const cases = areThere
  ? files.flatMap((file) => (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases)
  : []

const float64 = ({ shape, data }: Stored) => tensor([...data], { shape, dtype: 'float64' })

function optimizerOf({ optimizer, args, param_groups: parts }: Case['config']): Optimizer {
  const make = (own: Readonly<Record<string, unknown>>) =>
    kinds[optimizer]!(
      Object.fromEntries(Object.entries(own).map(([key, value]) => [ours[key] ?? key, value])),
    )
  if (parts === undefined) return make(args)
  return groups(
    (path) => String(parts.findIndex(({ params }) => params.includes(path))),
    Object.fromEntries(parts.map((own, i) => [String(i), make({ ...args, ...own })])),
  )
}

describe('PyTorch', () => {
  test('the vectors are there', (context) => {
    if (!areThere) context.skip('TAPELOOP_SHARED has no vectors')
    expect(cases.length).toBeGreaterThan(30)
  })

  test.each(cases)('$name', ({ config, inputs, params: start, outputs }) => {
    const optimizer = optimizerOf(config)
    const [X, Y] = [float64(inputs.X), float64(inputs.Y)]
    const lossOf = ({ W1, b1, W2, b2 }: Params) => {
      const error = tanh(X.matmul(W1).add(b1)).matmul(W2).add(b2).sub(Y)
      return mean(error.mul(error))
    }
    const step = compile((params: Params, state: Tree) => {
      const [loss, raw] = valueAndGrad(lossOf)(params)
      const order = config.norm_type === 'Infinity' ? Infinity : (config.norm_type ?? 2)
      const { norm, gradients } = clipByGlobalNorm(raw, config.clip_grad_norm ?? 1e30, { order })
      const clipped =
        config.clip_grad_value === undefined ? gradients : clipByValue(raw, config.clip_grad_value)
      const update = optimizer.update(clipped, state as Readonly<Record<string, Tree>>, params)
      return { loss, norm, ...update }
    })
    let params: Params = {
      W1: float64(start.W1),
      b1: float64(start.b1),
      W2: float64(start.W2),
      b2: float64(start.b2),
    }
    let state: Tree = optimizer.init(params)
    for (const expected of outputs.steps) {
      const result: ReturnType<typeof step> = step(params, state)
      ;({ params, state } = result)
      expect(result.loss.itemSync()).toBeCloseTo(expected.loss, 12)
      const norm = config.clip_grad_norm === undefined ? expected.grad_norm_before_clip : expected.total_norm!
      expect(result.norm.itemSync()).toBeCloseTo(norm, 12)
      for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
        params[name]
          .dataSync()
          .forEach((value, i) => expect(value).toBeCloseTo(expected.params[name].data[i]!, 12))
      }
    }
    expect(step.traces).toBe(1)
  })
})

const all: Readonly<Record<string, (learningRate: number) => Optimizer>> = {
  sgd: (learningRate) => sgd({ learningRate }),
  momentum: (learningRate) => sgd({ learningRate, momentum: 0.9, dampening: 0.5 }),
  nesterov: (learningRate) => sgd({ learningRate, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  adam: (learningRate) => adam({ learningRate, weightDecay: 0.1 }),
  amsgrad: (learningRate) => adam({ learningRate, amsgrad: true }),
  adamw: (learningRate) => adamw({ learningRate }),
  adamax: (learningRate) => adamax({ learningRate, weightDecay: 0.1 }),
  nadam: (learningRate) => nadam({ learningRate }),
  radam: (learningRate) => radam({ learningRate }),
  rmsprop: (learningRate) => rmsprop({ learningRate, centered: true, momentum: 0.3 }),
  adagrad: (learningRate) => adagrad({ learningRate, initialAccumulator: 0.1 }),
  adadelta: (learningRate) => adadelta({ learningRate, decay: 0.5, epsilon: 10 }),
  lion: (learningRate) => lion({ learningRate, weightDecay: 0.1 }),
  muon: (learningRate) => muon({ learningRate }),
  ntAsgd: (learningRate) => ntAsgd({ learningRate }),
  chain: (learningRate) => chain((gradients) => clipByNorm(gradients, 1), adam({ learningRate })),
  accumulate: (learningRate) => accumulate(adam({ learningRate }), 2),
  ema: (learningRate) => ema(adam({ learningRate })),
  groups: (learningRate) =>
    groups((path) => (path.endsWith('bias') ? 'bias' : 'rest'), {
      rest: adam({ learningRate }),
      bias: sgd({ learningRate, momentum: 0.5 }),
    }),
}

describe.each(Object.entries(all))('%s', (_name, make) => {
  const params = () => ({ layers: [{ kernel: tensor([[1, -2]]), bias: tensor([3]) }], scale: tensor(0.5) })
  type Nested = ReturnType<typeof params>
  const downhill = ({ layers: [layer], scale }: Nested) =>
    mean(layer!.kernel.mul(layer!.kernel)).add(layer!.bias.mul(layer!.bias).sum()).add(scale.mul(scale))

  test('keeps structure, shapes and dtypes, and makes the loss smaller', () => {
    const optimizer = make(0.05)
    let now = params()
    let state = optimizer.init(now)
    const before = { params: flatten(now).paths, state: flatten(state).paths }
    const first = downhill(now).itemSync()
    for (let i = 0; i < 100; i++) {
      const [, gradients] = valueAndGrad(downhill)(now)
      ;({ params: now, state } = optimizer.update(gradients, state, now))
    }
    expect(downhill(now).itemSync()).toBeLessThan(first / 2)
    expect(flatten(now).paths).toEqual(before.params)
    expect(flatten(state).paths).toEqual(before.state)
    expect(new Set(before.state).size).toBe(before.state.length)
  })

  test('a constant schedule comes to what the number does, but for a rounding in float32', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 0.5, noNaN: true }), (rate) => {
        const fixed = make(rate)
        const start = params()
        const [, gradients] = valueAndGrad(downhill)(start)
        const twice = (optimizer: Optimizer) => {
          const once = optimizer.update(gradients, optimizer.init(start), start)
          return flatten(optimizer.update(gradients, once.state, once.params)).leaves.flatMap((leaf) => [
            ...leaf.dataSync(),
          ])
        }
        const scheduled = make(constant(rate) as unknown as number)
        const expected = twice(fixed)
        twice(scheduled).forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected[i]!)))
        })
      }),
      { numRuns: 20 },
    )
  })

  test('names what a wrong gradient lacks', () => {
    const optimizer = make(0.1)
    const start = params()
    const wrong = { layers: [{ kernel: tensor([[1, 1]]) }], scale: tensor(1) } as unknown as Nested
    expect(() => optimizer.update(wrong, optimizer.init(start), start)).toThrow('layers.0.bias')
  })
})

test('a schedule is evaluated inside the graph, once traced', () => {
  const optimizer = sgd({ learningRate: linear({ from: 1, to: 0, steps: 4 }) })
  const step = compile((params: Tensor, state: Tree) =>
    optimizer.update(tensor(1), state as Readonly<Record<string, Tree>>, params),
  )
  let params = tensor(0)
  let state: Tree = optimizer.init(params)
  const path = Array.from({ length: 6 }, () => {
    ;({ params, state } = step(params, state))
    return params.itemSync()
  })
  expect(path).toEqual([-1, -1.75, -2.25, -2.5, -2.5, -2.5])
  expect(step.traces).toBe(1)
})

test('float32 Adam starts with the bias correction of double precision', () => {
  // 1 - 0.999 in float32 would be off by 5e-5 and the first updates with it
  const optimizer = adam({ learningRate: 1, epsilon: 0 })
  const start = tensor([0, 0])
  const { params } = optimizer.update(tensor([3, -1e-3]), optimizer.init(start), start)
  params.dataSync().forEach((value, i) => expect(Math.abs(value - [-1, 1][i]!)).toBeLessThan(3e-7))
})

/** One parameter that starts at 0, after each of these gradients. */
function pathOf(optimizer: Optimizer, slopes: readonly number[], dtype: 'float32' | 'float64' = 'float64') {
  let params = tensor(0, { dtype })
  let state = optimizer.init(params)
  return slopes.map((slope) => {
    ;({ params, state } = optimizer.update(tensor(slope, { dtype }), state, params))
    return params.itemSync()
  })
}

test('nadam is the rule of its paper, with each momentum counted once', () => {
  const slopes = [1, -0.5, 2, 0.25, -1]
  const momentum = (t: number) => 0.9 * (1 - 0.5 * 0.96 ** (t * 0.004))
  let [p, m, v, product] = [0, 0, 0, 1]
  const expected = slopes.map((g, i) => {
    const [now, next] = [momentum(i + 1), momentum(i + 2)]
    product *= now
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    const direction = ((1 - now) / (1 - product)) * g + (next / (1 - product * next)) * m
    return (p -= (0.1 * direction) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8))
  })
  const path = pathOf(nadam({ learningRate: 0.1 }), slopes)
  path.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12))
  const old = pathOf(nadam({ learningRate: 0.1, repeatMomentum: true }), slopes)
  expect(Math.abs(old[0]! - expected[0]!)).toBeGreaterThan(1e-4)
})

test('nadam remembers one number for each parameter besides its moments', () => {
  const { logMomentum } = nadam().init({ kernel: tensor([[1, 2]]), bias: tensor([3]) })
  expect(flatten(logMomentum!).leaves.map(({ shape }) => shape)).toEqual([[], []])
})

test('radam begins without the second moment, and is as exact in float32', () => {
  const slopes = Array.from({ length: 12 }, (_, i) => Math.sin(i + 1) + 0.5)
  const optimizer = radam({ learningRate: 0.1 })
  const exact = pathOf(optimizer, slopes)
  pathOf(optimizer, slopes, 'float32').forEach((value, i) =>
    expect(Math.abs(value - exact[i]!)).toBeLessThan(3e-7),
  )
  // for the first update there is no telling the variance: as momentum alone
  expect(exact[0]).toBeCloseTo(-0.1 * slopes[0]!, 12)
  // with little memory there never is
  const short = pathOf(radam({ learningRate: 0.1, betas: [0, 0.5] }), [1, 1, 1, 1, 1, 1, 1, 1])
  expect(short.at(-1)).toBeCloseTo(-0.8, 12)
})

test('centred rmsprop stays finite where the gradient stays the same', () => {
  const slopes = Array.from({ length: 300 }, () => 0.1)
  const path = pathOf(rmsprop({ decay: 0.5, centered: true, epsilon: 1e-3 }), slopes, 'float32')
  expect(path.every(Number.isFinite)).toBe(true)
})

test('numbers out of range are refused by name', () => {
  expect(() => sgd({ learningRate: NaN })).toThrow(
    'sgd: learningRate is NaN; it must be a finite number of at least 0',
  )
  expect(() => adam({ betas: [0.9, 1] })).toThrow(
    'adam: betas[1] is 1; it must be a finite number of at least 0 and below 1',
  )
  expect(() => adamw({ weightDecay: -1 })).toThrow('adamw: weightDecay is -1')
  expect(() => sgd({ learningRate: 1, nesterov: true })).toThrow('sgd: nesterov needs a momentum')
  const betas = [0.9, 1] as const
  for (const make of [adamax, nadam, radam]) expect(() => make({ betas })).toThrow('betas[1] is 1')
  for (const make of [rmsprop, adadelta]) expect(() => make({ decay: 1 })).toThrow('decay is 1')
  expect(() => adagrad({ initialAccumulator: -1 })).toThrow('adagrad: initialAccumulator is -1')
  expect(() => groups(() => 'b' as 'a', { a: adam() }).init({ x: tensor(1) })).toThrow(
    'groups: the parameter x is put in group b, which has no optimizer; use one of a',
  )
})
