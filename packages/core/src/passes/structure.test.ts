import { describe, expect, test } from 'vitest'
import {
  concat,
  exp,
  flatten,
  foldIn,
  full,
  grad,
  iota,
  less,
  log,
  max,
  orderOf,
  pick,
  scan,
  sigmoid,
  sliceAxis,
  split,
  sqrt,
  stopGradient,
  sum,
  take,
  tanh,
  trace,
  uniform,
  verify,
  where,
  zeros,
  type Graph,
  type Tensor,
  type Tree,
} from '../index.js'
import { isScan } from './build.js'
import { optimise } from './optimise.js'
import { independentRows } from './rows.js'
import { showProduct, showProducts, survey } from './survey.js'

/**
 * Speed has a proof without a clock: the products of a step, with their shapes, for cells as their papers write them, for
 * cells as users write them, and for what stands around them. Nothing here has a name that the compiler knows.
 */

// all different, and T·B larger than 4·H, so that joining weights pays
const [T, B, D, H, V] = [16, 8, 4, 6, 9]

type Params = Record<string, Tensor>
type State = Record<string, Tensor>

const z = (...shape: number[]) => zeros(shape, 'float64')
const gates = (x: Tensor) => split(x, 4) as [Tensor, Tensor, Tensor, Tensor]
const halves = (x: Tensor) => split(x, 2) as [Tensor, Tensor]
const thirds = (x: Tensor) => split(x, 3) as [Tensor, Tensor, Tensor]
const one = (x: Tensor) => x.neg().add(1)

const states: Record<string, () => State> = {
  h: () => ({ h: z(B, H) }),
  hc: () => ({ h: z(B, H), c: z(B, H) }),
}

function lstmOf(i: Tensor, f: Tensor, g: Tensor, o: Tensor, c: Tensor): State {
  const next = sigmoid(f)
    .mul(c)
    .add(sigmoid(i).mul(tanh(g)))
  return { h: sigmoid(o).mul(tanh(next)), c: next }
}

const lstmParams = (size = D) => ({ W: z(size, 4 * H), R: z(H, 4 * H), b: z(4 * H) })

function lstm({ W, R, b }: Params, { h, c }: State, x: Tensor): State {
  return lstmOf(...gates(x.matmul(W!).add(h!.matmul(R!)).add(b!)), c!)
}

interface Case {
  readonly params: Tree
  readonly loss: (params: never, data: never) => Tensor
  readonly data: Tree
}

/** A cell over a sequence; the loss reads every output. */
function cell(
  params: Params,
  state: () => State,
  step: (params: Params, state: State, x: Tensor) => State,
): Case {
  return {
    params,
    data: z(T, B, D),
    loss: (params: Params, x: Tensor) => {
      const [, h] = scan(
        (s: State, x: Tensor) => {
          const next = step(params, s, x)
          return [next, next['h']!]
        },
        state(),
        x,
      )
      return h.mul(h).sum()
    },
  }
}

function layerNorm(x: Tensor, gain: Tensor, bias: Tensor): Tensor {
  const d = x.sub(x.mean(-1, { keepDims: true }))
  return d
    .div(sqrt(d.mul(d).mean(-1, { keepDims: true }).add(1e-5)))
    .mul(gain)
    .add(bias)
}

function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const top = stopGradient(max(logits, -1, { keepDims: true }))
  const norm = log(sum(exp(logits.sub(top)), -1, { keepDims: true })).add(top)
  return norm.sub(pick(logits, targets)).mean()
}

const lmParams = { E: z(V, D), cell: lstmParams(), O: z(H, V), bo: z(V) }
type LmParams = { E: Tensor; cell: Params; O: Tensor; bo: Tensor }

const cases = {
  lstm: cell(lstmParams(), states['hc']!, lstm),
  peephole: cell({ ...lstmParams(), p: z(3, H) }, states['hc']!, ({ W, R, b, p }, { h, c }, x) => {
    const [i, f, g, o] = gates(x.matmul(W!).add(h!.matmul(R!)).add(b!))
    const peep = (k: number) => sliceAxis(p!, 0, k, k + 1)
    const next = sigmoid(f.add(c!.mul(peep(1))))
      .mul(c!)
      .add(sigmoid(i.add(c!.mul(peep(0)))).mul(tanh(g)))
    return { h: sigmoid(o.add(next.mul(peep(2)))).mul(tanh(next)), c: next }
  }),
  apart: cell(
    Object.fromEntries(
      [...'ifgo'].flatMap((k) => [
        [`W${k}`, z(D, H)],
        [`R${k}`, z(H, H)],
        [`b${k}`, z(H)],
      ]),
    ),
    states['hc']!,
    (p, { h, c }, x) => {
      const gate = (k: string) =>
        x
          .matmul(p[`W${k}`]!)
          .add(h!.matmul(p[`R${k}`]!))
          .add(p[`b${k}`]!)
      return lstmOf(gate('i'), gate('f'), gate('g'), gate('o'), c!)
    },
  ),
  packed: cell({ W: z(D + H, 4 * H), b: z(4 * H) }, states['hc']!, ({ W, b }, { h, c }, x) =>
    lstmOf(...gates(concat([x, h!], 1).matmul(W!).add(b!)), c!),
  ),
  gruBefore: cell(
    { W: z(D, 3 * H), R: z(H, 2 * H), U: z(H, H), b: z(3 * H) },
    states['h']!,
    ({ W, R, U, b }, { h }, x) => {
      const [xr, xz, xn] = thirds(x.matmul(W!).add(b!))
      const [hr, hz] = halves(h!.matmul(R!))
      const [r, u] = [sigmoid(xr.add(hr)), sigmoid(xz.add(hz))]
      const n = tanh(xn.add(r.mul(h!).matmul(U!)))
      return { h: u.mul(h!).add(one(u).mul(n)) }
    },
  ),
  gruAfter: cell(
    { W: z(D, 3 * H), R: z(H, 3 * H), b: z(3 * H), c: z(3 * H) },
    states['h']!,
    ({ W, R, b, c }, { h }, x) => {
      const [xr, xz, xn] = thirds(x.matmul(W!).add(b!))
      const [hr, hz, hn] = thirds(h!.matmul(R!).add(c!))
      const [r, u] = [sigmoid(xr.add(hr)), sigmoid(xz.add(hz))]
      const n = tanh(xn.add(r.mul(hn)))
      return { h: n.add(u.mul(h!.sub(n))) }
    },
  ),
  elman: cell({ W: z(D, H), R: z(H, H), b: z(H) }, states['h']!, ({ W, R, b }, { h }, x) => ({
    h: tanh(x.matmul(W!).add(h!.matmul(R!)).add(b!)),
  })),
  layerNorm: cell({ W: z(D, H), R: z(H, H), b: z(H), g: z(H) }, states['h']!, ({ W, R, b, g }, { h }, x) => ({
    h: tanh(layerNorm(x.matmul(W!).add(h!.matmul(R!)), g!, b!)),
  })),
  minGru: cell({ W: z(D, 2 * H), b: z(2 * H) }, states['h']!, ({ W, b }, { h }, x) => {
    const [u, n] = halves(x.matmul(W!).add(b!))
    return { h: h!.mul(sigmoid(u)).add(n.mul(one(sigmoid(u)))) }
  }),
  mask: {
    params: lstmParams(),
    data: { x: z(T, B, D), mask: zeros([T, B, 1], 'bool') },
    loss: (params: Params, data: { x: Tensor; mask: Tensor }) => {
      const step = (s: State, { x, mask }: { x: Tensor; mask: Tensor }): [State, Tensor] => {
        const next = lstm(params, s, x)
        const kept = { h: where(mask, next['h']!, s['h']!), c: where(mask, next['c']!, s['c']!) }
        return [kept, kept.h]
      }
      return scan(step, states['hc']!(), data)[1].sum()
    },
  },
  dropout: {
    params: lstmParams(),
    data: { x: z(T, B, D), key: zeros([2], 'int32') },
    loss: (params: Params, { x, key }: { x: Tensor; key: Tensor }) => {
      const step = (s: State, { x, t }: { x: Tensor; t: Tensor }): [State, Tensor] => {
        const draw = uniform(foldIn(key, t), [B, H], { dtype: 'float64' })
        const scale = where(less(draw, 0.8), full(1.25, [B, H], 'float64'), 0)
        const next = lstm(params, { h: s['h']!.mul(scale), c: s['c']! }, x)
        return [next, next['h']!]
      }
      return scan(step, states['hc']!(), { x, t: iota(T) })[1].sum()
    },
  },
  twoLayers: {
    params: { low: lstmParams(), high: lstmParams(H) },
    data: z(T, B, D),
    loss: (params: { low: Params; high: Params }, x: Tensor) => {
      const step = (s: { low: State; high: State }, x: Tensor): [{ low: State; high: State }, Tensor] => {
        const low = lstm(params.low, s.low, x)
        const high = lstm(params.high, s.high, low['h']!)
        return [{ low, high }, high['h']!]
      }
      const [, h] = scan(step, { low: states['hc']!(), high: states['hc']!() }, x)
      return h.mul(h).sum()
    },
  },
  feedback: {
    params: { W: z(D + H, 4 * H), b: z(4 * H), O: z(H, D) },
    data: z(T, B, D),
    loss: ({ W, b, O }: Params, target: Tensor) => {
      const step = ({ h, c, y }: State, target: Tensor): [State, Tensor] => {
        const next = lstmOf(...gates(concat([y!, h!], 1).matmul(W!).add(b!)), c!)
        const out = next['h']!.matmul(O!)
        return [{ ...next, y: out }, out.sub(target).mul(out.sub(target))]
      }
      return scan(step, { ...states['hc']!(), y: z(B, D) }, target)[1].sum()
    },
  },
  /** embedding, head and cross entropy inside the step */
  languageModelInside: {
    params: lmParams,
    data: { tokens: zeros([T, B], 'int32'), targets: zeros([T, B, 1], 'int32') },
    loss: (params: LmParams, data: { tokens: Tensor; targets: Tensor }) => {
      const step = (s: State, { tokens, targets }: typeof data): [State, Tensor] => {
        const next = lstm(params.cell, s, take(params.E, tokens))
        return [next, crossEntropy(next['h']!.matmul(params.O).add(params.bo), targets)]
      }
      return scan(step, states['hc']!(), data)[1].mean()
    },
  },
  /** the same around the loop, batch first */
  languageModelOutside: {
    params: lmParams,
    data: { tokens: zeros([B, T], 'int32'), targets: zeros([B, T, 1], 'int32') },
    loss: (params: LmParams, { tokens, targets }: { tokens: Tensor; targets: Tensor }) => {
      const step = (s: State, x: Tensor): [State, Tensor] => {
        const next = lstm(params.cell, s, x)
        return [next, next['h']!]
      }
      const [, h] = scan(step, states['hc']!(), take(params.E, tokens), { axis: 1 })
      return crossEntropy(h.matmul(params.O).add(params.bo), targets)
    },
  },
} satisfies Record<string, Case>

type Name = keyof typeof cases

/** The optimised program of the gradient by the parameters, or of the gradient of its square. */
function programOf(name: Name, order: 1 | 2): Graph {
  const { params, data, loss } = cases[name] as unknown as {
    params: Tree
    data: Tree
    loss: (params: Tree, data: Tree) => Tensor
  }
  const first = grad(loss)
  const squares = (params: Tree, data: Tree) =>
    flatten(first(params, data)).leaves.reduce((sum, g) => sum.add(g.mul(g).sum()), z())
  const program = optimise(trace(order === 1 ? first : grad(squares), params, data))
  verify(program)
  return program
}

const N = T * B
const [h4, h2] = [4 * H, 2 * H]
const product = (m: number, k: number, n: number) => `${m}×${k}×${n}`
const inLoop = (...all: string[]) => all.join(' ')

/** By name: the products of each loop, forward then backward, and those for all steps at once. */
const expected: Record<Name, { loops: string[]; outside: string[] }> = {
  lstm: lstmLike(),
  peephole: lstmLike(),
  apart: lstmLike(),
  packed: {
    loops: lstmLike().loops,
    // dW of x and of h is one product
    outside: [product(N, D, h4), product(D + H, N, h4)],
  },
  gruBefore: {
    loops: [inLoop(product(B, H, h2), product(B, H, H)), inLoop(product(B, H, H), product(B, h2, H))],
    outside: [product(N, D, 3 * H), product(D, N, 3 * H), product(H, N, h2), product(H, N, H)],
  },
  gruAfter: {
    loops: [product(B, H, 3 * H), product(B, 3 * H, H)],
    outside: [product(N, D, 3 * H), product(D, N, 3 * H), product(H, N, 3 * H)],
  },
  elman: elmanLike(),
  layerNorm: elmanLike(),
  minGru: { loops: ['', ''], outside: [product(N, D, h2), product(D, N, h2)] },
  mask: lstmLike(),
  dropout: lstmLike(),
  twoLayers: {
    loops: [product(B, H, h4), product(B, H, h4), product(B, h4, H), product(B, h4, H)],
    outside: [
      product(N, D, h4),
      product(D, N, h4),
      product(N, H, h4),
      product(N, h4, H),
      ...[1, 2, 3].map(() => product(H, N, h4)),
    ],
  },
  feedback: {
    loops: [inLoop(product(B, D + H, h4), product(B, H, D)), inLoop(product(B, D, H), product(B, h4, D + H))],
    outside: [product(D + H, N, h4), product(H, N, D)],
  },
  languageModelInside: languageModel(),
  languageModelOutside: languageModel(),
}

function lstmLike() {
  return {
    loops: [product(B, H, h4), product(B, h4, H)],
    outside: [product(N, D, h4), product(D, N, h4), product(H, N, h4)],
  }
}

function elmanLike() {
  return {
    loops: [product(B, H, H), product(B, H, H)],
    outside: [product(N, D, H), product(D, N, H), product(H, N, H)],
  }
}

/** Of the embedding only products of the table with V rows are left. */
function languageModel() {
  return {
    loops: lstmLike().loops,
    outside: [
      product(V, D, h4),
      product(V, h4, D),
      product(D, V, h4),
      product(H, N, h4),
      product(N, H, V),
      product(N, V, H),
      product(H, N, V),
    ],
  }
}

const names = Object.keys(cases) as Name[]

describe('products in the optimised program', () => {
  test.each(names)('of the gradient of %s', (name) => {
    const { products, loops } = survey(programOf(name, 1))
    expect(loops.map(showProducts)).toEqual(expected[name].loops)
    expect(products.map(showProduct).toSorted()).toEqual(expected[name].outside.toSorted())
  })

  test.each(names)('of the second derivative of %s: its loops have no more in a step', (name) => {
    const { loops } = survey(programOf(name, 2))
    const most = expected[name].loops
    expect(loops).toHaveLength(2 * most.length)
    // the derivative of the forward loop multiplies as it does, that of the backward loop likewise
    expect(loops.map(showProducts).toSorted()).toEqual([...most, ...most].toSorted())
  })

  test.each(names)('rows of %s need not wait for one another, in any loop', (name) => {
    for (const order of [1, 2] as const) {
      for (const { attrs } of orderOf(programOf(name, order).outputs).filter(isScan))
        expect(independentRows(attrs)?.count).toBe(B)
    }
  })
})

/** What each loop stacks: the sizes of a step. */
function stacks(name: Name): string[] {
  return orderOf(programOf(name, 1).outputs)
    .filter(isScan)
    .map(({ attrs, outputs }) =>
      outputs
        .slice(attrs.carries)
        .map(({ shape, dtype }) => `${shape.slice(1).join('×')}${dtype === 'float64' ? '' : dtype}`)
        .toSorted()
        .join(' '),
    )
}

describe('what the forward loop keeps', () => {
  const [one, dz] = [`${B}×${H}`, `${B}×${h4}`]
  const times = (count: number) => Array.from({ length: count }, () => one).join(' ')

  test.each(['lstm', 'peephole', 'apart', 'packed', 'mask', 'dropout'] as const)(
    'of %s: the four gates, c and h, but no random bits, no masks and no tanh(c)',
    (name) => expect(stacks(name)).toEqual([times(6), dz]),
  )
  test('of a GRU: z, r, n and h', () => expect(stacks('gruBefore')).toEqual([times(4), `${B}×${3 * H}`]))
  test('of an Elman cell: h', () => expect(stacks('elman')).toEqual([one, one]))
})
