import * as core from '@tapeloop/core'
import { primitives, tensor } from '@tapeloop/core'
import { sampleOf, type OpSuite } from './suite.js'

const x = core.zeros([2, 3])
const bools = tensor([true, false])
const scalar = tensor(1)
const noAxis = 'axis 2 does not exist: the tensor has 2 axes, so use -2 to 1'

export const reductionSuites = {
  sum: {
    sample(draw) {
      const shape = draw.shape({ minRank: 1, empty: true })
      return sampleOf(primitives.sum, [draw.floats(shape)], { axes: draw.axes(shape) })
    },
    refused: [
      { call: () => core.sum(x, 2), says: `sum: ${noAxis}` },
      { call: () => core.sum(x, [0, 0]), says: 'sum: axes [0,0] name one axis twice; name each once' },
      {
        call: () => core.sum(bools),
        says: 'sum: the tensor is bool; cast it to int32 or a float to count',
      },
    ],
  },
  max: {
    sample(draw) {
      const shape = draw.shape({ minRank: 1 })
      return sampleOf(primitives.max, [draw.distinct(shape)], { axes: draw.axes(shape) })
    },
    refused: [
      { call: () => core.max(x, 2), says: `max: ${noAxis}` },
      { call: () => core.max(bools), says: 'max: the tensor is bool; cast it to int32 first' },
      {
        call: () => core.max(core.zeros([2, 0]), 1),
        says: 'max: axis 1 of [2, 0] is empty and has no largest element',
      },
    ],
  },
  argmax: {
    sample(draw) {
      const shape = draw.shape({ minRank: 1 })
      return sampleOf(primitives.argmax, [draw.distinct(shape)], { axis: draw.axis(shape) })
    },
    refused: [
      { call: () => core.argmax(x, 2), says: `argmax: ${noAxis}` },
      {
        call: () => core.argmax(scalar),
        says: 'argmax: axis -1 does not exist: the tensor is a scalar and has no axes',
      },
      {
        call: () => core.argmax(core.zeros([0, 2]), 0),
        says: 'argmax: axis 0 of [0, 2] is empty and has no largest element',
      },
    ],
  },
  cumsum: {
    sample(draw) {
      const shape = draw.shape({ minRank: 1, empty: true })
      return sampleOf(primitives.cumsum, [draw.floats(shape)], {
        axis: draw.axis(shape),
        reverse: draw.boolean(),
      })
    },
    refused: [
      { call: () => core.cumsum(x, 2), says: `cumsum: ${noAxis}` },
      {
        call: () => core.cumsum(bools),
        says: 'cumsum: the tensor is bool; cast it to int32 or a float first',
      },
    ],
  },
  argsort: {
    sample(draw) {
      const x = draw.distinct(draw.shape({ minRank: 1 }))
      return sampleOf(primitives.argsort, [x], { descending: draw.boolean() })
    },
    refused: [
      { call: () => core.argsort(x, 2), says: `argsort: ${noAxis}` },
      {
        call: () => core.argsort(scalar),
        says: 'argsort: axis -1 does not exist: the tensor is a scalar and has no axes',
      },
    ],
  },
  matmul: {
    sample(draw) {
      const lead = draw.shape({ maxRank: 2, empty: true })
      const [m, k, n] = draw.shape({ minRank: 3, maxRank: 3, max: 5, empty: true })
      const [transposeA, transposeB] = [draw.boolean(), draw.boolean()]
      const a = draw.floats([...lead, ...(transposeA ? [k!, m!] : [m!, k!])])
      const b = draw.floats([...lead, ...(transposeB ? [n!, k!] : [k!, n!])])
      return sampleOf(primitives.matmul, [a, b], { transposeA, transposeB })
    },
    refused: [
      {
        call: () => core.matmul(x, x),
        says:
          'matmul: inner sizes differ: [2, 3] has 3 columns and [2, 3] has 2 rows; ' +
          'they must be equal, so check the order of the operands or transpose one',
      },
      {
        call: () => core.matmul(core.zeros([2, 2, 3]), core.zeros([4, 3, 2])),
        says:
          'matmul: shapes [2] and [4] do not broadcast: axis -1 is 2 in the first and 4 in the second; ' +
          'make them equal, or one of them 1',
      },
      {
        call: () => core.matmul(x, scalar),
        says: 'matmul: an operand is a scalar; multiply scalars with mul',
      },
      {
        call: () => core.matmul(x, core.zeros([3, 2], 'float64')),
        says:
          'matmul: the left operand is float32, the right one float64; dtypes never mix silently, ' +
          'so cast(…) one',
      },
      {
        call: () => core.matmul(core.zeros([2, 2], 'int32'), core.zeros([2, 2], 'int32')),
        says: 'matmul: the operands are int32; cast them to float32 or float64 first',
      },
    ],
  },
} satisfies Record<string, OpSuite>
