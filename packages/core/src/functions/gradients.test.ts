import { checkGradients, drawn, positive, wide, type Draw } from '@tapeloop/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flatten, iota, tensor, type Tensor, type Tree } from '../index.js'
import * as functions from './index.js'

const {
  chunk,
  clip,
  cosineSimilarity,
  diag,
  diagonal,
  einsum,
  indexAdd,
  indexCopy,
  indexSelect,
  maskedFill,
  maskedSelect,
  norm,
  outer,
  pad,
  roll,
  slice,
  split,
  takeAt,
  unfold,
} = functions

/** A function with arguments away from its kinks. */
interface Sample {
  readonly f: (...args: readonly Tensor[]) => Tree
  readonly args: readonly Tensor[]
}

/** Functions of one tensor of any shape. */
const elementwise = (f: (x: Tensor) => Tree, grid?: typeof positive) => (draw: Draw) => ({
  f,
  args: [draw.floats(draw.shape(), grid)],
})

/** Functions of two tensors that broadcast. */
const broadcasting = (f: (a: Tensor, b: Tensor) => Tree) => (draw: Draw) => {
  const shape = draw.shape()
  return { f, args: [draw.floats(shape, wide), draw.floats(draw.stretchable(shape))] } as Sample
}

/** Functions along an axis, or over some or all of them. */
const along = (f: (x: Tensor, axis: number) => Tree) => (draw: Draw) => {
  const x = draw.distinct(draw.shape({ minRank: 1 }))
  const axis = draw.axis(x.shape) - (draw.boolean() ? x.rank : 0)
  return { f: (x: Tensor) => f(x, axis), args: [x] }
}
const over =
  (f: (x: Tensor, axes: readonly number[] | undefined, keepDims: boolean) => Tree) => (draw: Draw) => {
    const x = draw.distinct(draw.shape({ minRank: 1 }))
    const [axes, keepDims] = [draw.boolean() ? draw.axes(x.shape) : undefined, draw.boolean()]
    return { f: (x: Tensor) => f(x, axes, keepDims), args: [x] }
  }

const matrices = (f: (x: Tensor, k: number) => Tree) => (draw: Draw) => {
  const k = draw.integer(-2, 2)
  return { f: (x: Tensor) => f(x, k), args: [draw.floats(draw.shape({ minRank: 2 }))] }
}

const samples: Readonly<Record<string, (draw: Draw) => Sample>> = {
  asinh: elementwise(functions.asinh),
  atan: elementwise(functions.atan),
  celu: elementwise((x) => functions.celu(x, 0.7)),
  chunk: along((x, axis) => chunk(x, 2, axis)),
  clip: elementwise((x) => clip(x, -1, 1)),
  cosh: elementwise(functions.cosh),
  cosineSimilarity: (draw) => {
    const shape = [...draw.shape({ maxRank: 2 }), 3]
    return { f: (a, b) => cosineSimilarity(a!, b!), args: [draw.floats(shape), draw.floats(shape)] }
  },
  cumprod: along(functions.cumprod),
  diag: matrices((x, k) => diag(x, k)),
  diagonal: matrices((x, k) => diagonal(x, { k, axes: [0, -1] })),
  einsum: (draw) => {
    const { equation, shapes } = draw.oneOf([
      {
        equation: 'ij,jk->ik',
        shapes: [
          [2, 3],
          [3, 2],
        ],
      },
      {
        equation: '...ij,...jk',
        shapes: [
          [2, 1, 3, 2],
          [3, 2, 1],
        ],
      },
      {
        equation: 'bi,kij,bj->bk',
        shapes: [
          [2, 3],
          [2, 3, 2],
          [2, 2],
        ],
      },
      { equation: 'ii,i->', shapes: [[3, 3], [3]] },
      { equation: 'iji->j', shapes: [[2, 3, 2]] },
    ])
    return { f: (...xs) => einsum(equation, ...xs), args: shapes.map((shape) => draw.floats(shape)) }
  },
  elu: elementwise((x) => functions.elu(x, 1.3)),
  expandDims: elementwise((x) => functions.expandDims(x, -1)),
  flattenAxes: elementwise((x) => functions.flattenAxes(x)),
  gelu: elementwise((x) => [functions.gelu(x), functions.gelu(x, { approximate: true })]),
  glu: (draw) => ({ f: (x) => functions.glu(x!), args: [draw.floats([...draw.shape({ maxRank: 2 }), 4])] }),
  hardSigmoid: elementwise(functions.hardSigmoid),
  hardSwish: elementwise(functions.hardSwish),
  hardTanh: elementwise((x) => functions.hardTanh(x)),
  hypot: broadcasting(functions.hypot),
  indexAdd: (draw) => ({
    f: (x, updates) => indexAdd(x!, tensor([2, 0, 2], { dtype: 'int32' }), updates!, 1),
    args: [draw.floats([2, 3]), draw.floats([2, 3])],
  }),
  indexCopy: (draw) => ({
    f: (x, updates) => indexCopy(x!, tensor([2, 0], { dtype: 'int32' }), updates!),
    args: [draw.floats([3, 2]), draw.floats([2, 2])],
  }),
  indexSelect: (draw) => {
    const indices = draw.integers([2, 2], 0, 2)
    return { f: (x) => indexSelect(x!, indices, 1), args: [draw.floats([2, 3, 2])] }
  },
  leakyRelu: (draw) => ({
    f: (x, slope) => functions.leakyRelu(x!, slope!),
    args: [draw.floats([2, 3]), draw.floats([3])],
  }),
  lerp: (draw) => ({
    f: (a, b, w) => functions.lerp(a!, b!, w!),
    args: [draw.floats([2, 3]), draw.floats([3]), draw.floats([2, 1])],
  }),
  log2: elementwise(functions.log2, positive),
  logAddExp: broadcasting(functions.logAddExp),
  logCumSumExp: along(functions.logCumSumExp),
  logSigmoid: elementwise(functions.logSigmoid),
  logSoftmax: along(functions.logSoftmax),
  logSumExp: over((x, axes, keepDims) => functions.logSumExp(x, axes, { keepDims })),
  maskedFill: (draw) => {
    const x = draw.floats(draw.shape())
    const mask = draw.booleans(draw.stretchable(x.shape))
    return { f: (x, value) => maskedFill(x!, mask, value!), args: [x, draw.floats([])] }
  },
  maskedSelect: (draw) => {
    const x = draw.floats(draw.shape())
    const mask = draw.booleans(x.shape)
    return { f: (x) => maskedSelect(x!, mask), args: [x] }
  },
  maxWithIndex: along(functions.maxWithIndex),
  mean: over((x, axes, keepDims) => functions.mean(x, axes, { keepDims })),
  median: along(functions.median),
  min: over((x, axes, keepDims) => functions.min(x, axes, { keepDims })),
  minWithIndex: along(functions.minWithIndex),
  mish: elementwise(functions.mish),
  norm: over((x, axes, keepDims) =>
    [1, 2, 3, 0.5, 2.5, Infinity, -Infinity].map((order) => norm(x, axes, { order, keepDims })),
  ),
  outer: (draw) => ({ f: (a, b) => outer(a!, b!), args: [draw.floats([2]), draw.floats([3])] }),
  pad: (draw) => {
    const mode = draw.oneOf(['constant', 'reflect', 'replicate', 'circular'])
    const options = { mode, value: 0.5 }
    return {
      f: (x) =>
        pad(
          x!,
          [
            [1, 2],
            [0, 1],
          ],
          options,
        ),
      args: [draw.floats([3, 2])],
    }
  },
  prod: over((x, axes, keepDims) => functions.prod(x, axes, { keepDims })),
  reciprocal: elementwise(functions.reciprocal, positive),
  relu: elementwise(functions.relu),
  relu6: elementwise((x) => functions.relu6(x.mul(5))),
  repeat: (draw) => ({ f: (x) => functions.repeat(x!, [2, 1, 3]), args: [draw.floats([2, 3])] }),
  repeatInterleave: along((x, axis) => functions.repeatInterleave(x, 2, axis)),
  roll: along((x, axis) => roll(x, -2, axis)),
  rsqrt: elementwise(functions.rsqrt, positive),
  scatterAddAlong: (draw) => {
    const indices = draw.integers([2, 4], 0, 2)
    return {
      f: (x, updates) => functions.scatterAddAlong(x!, indices, updates!),
      args: [draw.floats([3, 3]), draw.floats([2, 4])],
    }
  },
  scatterAlong: (draw) => ({
    f: (x, updates) => functions.scatterAlong(x!, tensor([[2, 0]], { dtype: 'int32' }), updates!, 1),
    args: [draw.floats([2, 3]), draw.floats([1, 2])],
  }),
  selu: elementwise(functions.selu),
  silu: elementwise(functions.silu),
  sinh: elementwise(functions.sinh),
  slice: (draw) => {
    const ranges = draw.oneOf([[1, [null, null, -2]], [[-2], -1], [null, [4, 0, -1]], [[0, 3, 2]]] as const)
    return { f: (x) => slice(x!, ranges), args: [draw.floats([3, 4])] }
  },
  softmax: along(functions.softmax),
  softplus: elementwise(
    (x) => [functions.softplus(x), functions.softplus(x, { beta: 3, threshold: 4 })],
    wide,
  ),
  softShrink: elementwise((x) => functions.softShrink(x)),
  softsign: elementwise(functions.softsign),
  sort: along((x, axis) => functions.sort(x, axis, { descending: true })),
  split: (draw) => ({ f: (x) => [split(x!, 2), split(x!, [1, 3])], args: [draw.floats([2, 4])] }),
  square: elementwise(functions.square),
  squeeze: (draw) => ({ f: (x) => functions.squeeze(x!, [0, -1]), args: [draw.floats([1, 2, 1])] }),
  stack: (draw) => ({
    f: (a, b) => functions.stack([a!, b!, a!], -1),
    args: [draw.floats([2]), draw.floats([2])],
  }),
  standardDeviation: (draw) => ({
    f: (x) => functions.standardDeviation(x!, -1, { correction: 1 }),
    args: [draw.distinct([...draw.shape({ maxRank: 2 }), 3])],
  }),
  standardize: (draw) => ({
    f: (x) => functions.standardize(x!, [0, -1], { epsilon: 0.1 }),
    args: [draw.distinct([2, draw.integer(1, 2), 3])],
  }),
  swapAxes: along((x, axis) => functions.swapAxes(x, axis, 0)),
  takeAlongAxis: (draw) => {
    const indices = draw.integers([2, 2], 0, 2)
    return { f: (x) => functions.takeAlongAxis(x!, indices, 0), args: [draw.floats([3, 2])] }
  },
  takeAt: (draw) => {
    const rows = draw.integers([2, 1], 0, 1)
    return { f: (x) => takeAt(x!, [rows, iota(3)]), args: [draw.floats([2, 3, 2])] }
  },
  tan: elementwise((x) => functions.tan(x.mul(0.5))),
  tanhShrink: elementwise(functions.tanhShrink),
  topK: (draw) => {
    const largest = draw.boolean()
    const x = draw.distinct([...draw.shape({ maxRank: 2 }), 3])
    return { f: (x) => functions.topK(x!, 2, -1, { largest }), args: [x] }
  },
  tril: matrices(functions.tril),
  triu: matrices(functions.triu),
  unfold: (draw) => ({
    f: (x) => unfold(x!, { axis: 0, size: 2, step: 2, dilation: 2 }),
    args: [draw.floats([6, 2])],
  }),
  unstack: along((x, axis) => functions.unstack(x, axis)),
  variance: over((x, axes, keepDims) => functions.variance(x, axes, { keepDims })),
  where: (draw) => {
    const shape = draw.shape()
    const condition = draw.booleans(shape)
    return {
      f: (a, b) => functions.where(condition, a!, b!),
      args: [draw.floats(draw.stretchable(shape)), draw.floats(shape)],
    }
  },
}

/** What has no derivative: comparisons, places, and tensors made of numbers. */
const constant = [
  'all',
  'any',
  'arange',
  'argmin',
  'eye',
  'greater',
  'greaterEqual',
  'isFinite',
  'isNaN',
  'linspace',
  'notEqual',
  'oneHot',
]

describe('derivatives of compositions, both modes and orders', { timeout: 60_000 }, () => {
  test.each(Object.entries(samples))('%s', (name, sample) => {
    fc.assert(
      fc.property(drawn(sample), ({ f, args }) => {
        checkGradients(f as (...args: Tensor[]) => Tree, [...args], { name })
      }),
      { numRuns: 15 },
    )
  })

  test.each(Object.entries(samples))('%s stays in float32', (_name, sample) => {
    const { f, args } = fc.sample(drawn(sample), { numRuns: 1, seed: 1 })[0]!
    const floats = flatten(f(...args.map((x) => (x.dtype === 'float64' ? x.cast('float32') : x)))).leaves
    expect(new Set(floats.map(({ dtype }) => dtype).filter((dtype) => dtype !== 'int32'))).toEqual(
      new Set(['float32']),
    )
  })

  test('every function has a sample, or has no derivative', () => {
    expect([...Object.keys(samples), ...constant].toSorted()).toEqual(Object.keys(functions).toSorted())
  })
})
