import * as core from '@tapeloop/core'
import { primitives, tensor } from '@tapeloop/core'
import { sampleOf, type OpSuite } from './suite.js'

const x = core.zeros([2, 3])
const index = tensor([0, 1], { dtype: 'int32' })
const outside = tensor([0, 7], { dtype: 'int32' })
const key = core.randomKey(1)

/** Indices repeat often, so that what lands on one place must be added. */
export const indexingSuites = {
  take: {
    sample(draw) {
      const rows = draw.integer(1, 4)
      const x = draw.floats([rows, ...draw.shape({ maxRank: 2, empty: true })])
      return sampleOf(primitives.take, [x, draw.integers(draw.shape({ empty: true }), 0, rows - 1)], {})
    },
    refused: [
      { call: () => core.take(x, x), says: 'take: the indices are float32; cast them to int32' },
      {
        call: () => core.take(tensor(1), index),
        says: 'take: the tensor is a scalar and has no rows to choose from',
      },
      {
        call: () => core.take(x, outside).dataSync(),
        says: 'take: index 7 is outside the axis of size 2; use 0 to 1',
      },
    ],
  },
  scatterAdd: {
    sample(draw) {
      const size = draw.integer(1, 4)
      const shape = draw.shape({ maxRank: 2, empty: true })
      const indices = draw.integers(shape, 0, size - 1)
      const updates = draw.floats([...shape, ...draw.shape({ maxRank: 2, empty: true })])
      return sampleOf(primitives.scatterAdd, [indices, updates], { size })
    },
    refused: [
      {
        call: () => core.scatterAdd(x, x, 2),
        says: 'scatterAdd: the indices are float32; cast them to int32',
      },
      {
        call: () => core.scatterAdd(index, core.zeros([3, 2]), 2),
        says: 'scatterAdd: updates of shape [3, 2] do not begin with the shape [2] of the indices',
      },
      {
        call: () => core.scatterAdd(outside, x, 2).dataSync(),
        says: 'scatterAdd: index 7 is outside the axis of size 2; use 0 to 1',
      },
      {
        call: () => core.scatterAdd(index, x, -1),
        says: 'scatterAdd: the size is -1; it must be a whole number from 0',
      },
    ],
  },
  pick: {
    sample(draw) {
      const n = draw.integer(1, 4)
      const lead = draw.shape({ maxRank: 2, empty: true })
      const indices = draw.integers([...lead, draw.integer(0, 3)], 0, n - 1)
      return sampleOf(primitives.pick, [draw.floats([...lead, n]), indices], {})
    },
    refused: [
      { call: () => core.pick(x, x), says: 'pick: the indices are float32; cast them to int32' },
      {
        call: () => core.pick(x, tensor([[0], [0], [0]], { dtype: 'int32' })),
        says: 'pick: rows of [2, 3] and of indices [3, 1] differ; all but the last axis agree',
      },
      {
        call: () => core.pick(x, tensor([[7], [0]], { dtype: 'int32' })).dataSync(),
        says: 'pick: index 7 is outside the axis of size 3; use 0 to 2',
      },
    ],
  },
  place: {
    sample(draw) {
      const size = draw.integer(1, 4)
      const shape = [...draw.shape({ maxRank: 2, empty: true }), draw.integer(0, 3)]
      return sampleOf(primitives.place, [draw.integers(shape, 0, size - 1), draw.floats(shape)], { size })
    },
    refused: [
      { call: () => core.place(x, x, 2), says: 'place: the indices are float32; cast them to int32' },
      {
        call: () => core.place(index, x, 2),
        says: 'place: indices have shape [2] but updates [2, 3]; make them equal',
      },
      {
        call: () => core.place(outside, core.zeros([2]), 2).dataSync(),
        says: 'place: index 7 is outside the axis of size 2; use 0 to 1',
      },
      {
        call: () => core.place(index, core.zeros([2]), 1.5),
        says: 'place: the size is 1.5; it must be a whole number from 0',
      },
    ],
  },
  randomBits: {
    sample: (draw) =>
      sampleOf(primitives.randomBits, [draw.key(draw.shape({ maxRank: 1 }))], {
        shape: draw.shape({ empty: true }),
      }),
    refused: [
      {
        call: () => core.uniform(x, [2]),
        says: 'uniform: the key is float32 [2, 3]; make one with randomKey(seed), which is int32 [2]',
      },
      {
        call: () => core.uniform(key, [-1]),
        says: 'uniform: axis 0 of shape [-1] is -1; sizes are whole numbers from 0',
      },
    ],
  },
  foldIn: {
    sample(draw) {
      const shape = draw.shape({ maxRank: 1 })
      return sampleOf(primitives.foldIn, [draw.key(shape), draw.integers(shape, -9, 9)], {})
    },
    refused: [
      {
        call: () => core.foldIn(x, 1),
        says: 'foldIn: the key is float32 [2, 3]; make one with randomKey(seed), which is int32 [2]',
      },
      {
        call: () => core.foldIn(key, tensor(1)),
        says: 'foldIn: the number is float32 []; it must be int32, one for each key',
      },
    ],
  },
} satisfies Record<string, OpSuite>
