import * as core from '@tapeloop/core'
import { apply, primitives, tensor } from '@tapeloop/core'
import type { Draw } from '../draw.js'
import { sampleOf, untyped, type OpSuite } from './suite.js'

const x = core.zeros([2, 3])
const scalar = tensor(1)

/** float64 most of the time; the others follow the same path through a movement op. */
function anyTensor(draw: Draw, shape: core.Shape): core.Tensor {
  return draw.tensor(shape, draw.oneOf(['float64', 'float64', 'float64', 'int32', 'bool']))
}

export const movementSuites = {
  full: {
    sample(draw) {
      const dtype = draw.dtype()
      const value = dtype === 'bool' ? draw.integer(0, 1) : draw.integer(-3, 3)
      return sampleOf(primitives.full, [], { value, shape: draw.shape({ empty: true }), dtype })
    },
    refused: [
      {
        call: () => core.full(1, [2, -1]),
        says: 'full: axis 1 of shape [2, -1] is -1; sizes are whole numbers from 0',
      },
    ],
  },
  iota: {
    sample: (draw) => sampleOf(primitives.iota, [], { length: draw.integer(0, 5) }),
    refused: [
      { call: () => core.iota(-1), says: 'iota: the length is -1; it must be a whole number from 0' },
      { call: () => core.iota(1.5), says: 'iota: the length is 1.5; it must be a whole number from 0' },
    ],
  },
  reshape: {
    sample(draw) {
      const shape = draw.shape({ empty: true })
      const to = draw.boolean() ? [shape.reduce((a, b) => a * b, 1)] : [1, ...shape].toReversed()
      return sampleOf(primitives.reshape, [anyTensor(draw, shape)], { shape: to })
    },
    refused: [
      {
        call: () => core.reshape(x, [4]),
        says: 'reshape: [2, 3] has 6 elements but [4] has 4; sizes must agree',
      },
      {
        call: () => core.reshape(x, [-1, 4]),
        says: 'reshape: 6 elements do not divide into [-1, 4]; 4 must divide 6',
      },
      {
        call: () => core.reshape(x, [-1, -1]),
        says: 'reshape: [-1, -1] leaves two sizes open; give all but one',
      },
      {
        call: () => core.reshape(x, [2.5]),
        says: 'reshape: axis 0 of shape [2.5] is 2.5; sizes are whole numbers from 0',
      },
    ],
  },
  transpose: {
    sample(draw) {
      const shape = draw.shape({ empty: true })
      const permutation = draw.permutation(shape.length)
      return sampleOf(primitives.transpose, [anyTensor(draw, shape)], { permutation })
    },
    refused: [
      {
        call: () => core.permute(x, [0, 0]),
        says: 'transpose: [0, 0] does not name each of the 2 axes once',
      },
      { call: () => x.transpose([0]), says: 'transpose: [0] does not name each of the 2 axes once' },
    ],
  },
  broadcast: {
    sample(draw) {
      const shape = draw.shape({ empty: true })
      const from = shape.map((extent) => (draw.boolean() ? 1 : extent))
      return sampleOf(primitives.broadcast, [anyTensor(draw, from)], { shape })
    },
    refused: [
      {
        call: () => core.broadcastTo(x, [2, 4]),
        says:
          'broadcastTo: shapes [2, 3] and [2, 4] do not broadcast: axis -1 is 3 in the first and 4 in the second; ' +
          'make them equal, or one of them 1',
      },
      {
        call: () => core.broadcastTo(x, [1, 3]),
        says: 'broadcastTo: [2, 3] does not stretch to [1, 3]; only axes of size 1 stretch',
      },
    ],
  },
  slice: {
    sample(draw) {
      const shape = draw.shape({ empty: true, max: 5 })
      const start = shape.map((extent) => draw.integer(0, extent))
      const stop = shape.map((extent, axis) => draw.integer(start[axis]!, extent))
      const step = shape.map(() => draw.integer(1, 3))
      return sampleOf(primitives.slice, [anyTensor(draw, shape)], { start, stop, step })
    },
    refused: [
      {
        call: () => core.sliceAxis(x, 1, 1, 4),
        says: 'slice: axis 1 of [2, 3] has 3 entries, and 1 to 4 is not within them; use 0 ≤ start ≤ stop ≤ 3',
      },
      {
        call: () => core.sliceAxis(x, 2, 0, 1),
        says: 'slice: axis 2 does not exist: the tensor has 2 axes, so use -2 to 1',
      },
      {
        call: () => apply(primitives.slice, [x], { start: [0, 0], stop: [2, 3], step: [1, 0] }),
        says: 'slice: the step along axis 1 is 0; it must be a whole number from 1',
      },
      {
        call: () => apply(primitives.slice, [x], { start: [0], stop: [2], step: [1] }),
        says: 'slice: bounds are given for 1 axes, but [2, 3] has 2; give one for each axis',
      },
    ],
  },
  pad: {
    sample(draw) {
      const shape = draw.shape({ empty: true })
      const widths = () => shape.map(() => draw.integer(0, 2))
      const attrs = { low: widths(), high: widths(), interior: widths(), value: draw.integer(0, 2) }
      return sampleOf(primitives.pad, [draw.floats(shape)], attrs)
    },
    refused: [
      {
        call: () => apply(primitives.pad, [x], { low: [0, -1], high: [0, 0], interior: [0, 0], value: 0 }),
        says: 'pad: axis 1 of [2, 3] is padded by -1; paddings are whole numbers from 0, and slices cut',
      },
      {
        call: () => apply(primitives.pad, [x], { low: [0], high: [0], interior: [0], value: 0 }),
        says: 'pad: paddings are given for 1 axes, but [2, 3] has 2; give one for each axis',
      },
    ],
  },
  flip: {
    sample(draw) {
      const shape = draw.shape({ minRank: 1, empty: true })
      return sampleOf(primitives.flip, [anyTensor(draw, shape)], { axes: draw.axes(shape) })
    },
    refused: [
      {
        call: () => core.flip(x, 2),
        says: 'flip: axis 2 does not exist: the tensor has 2 axes, so use -2 to 1',
      },
      { call: () => core.flip(x, [0, -2]), says: 'flip: axes [0,-2] name one axis twice; name each once' },
      {
        call: () => core.flip(scalar, 0),
        says: 'flip: axis 0 does not exist: the tensor is a scalar and has no axes',
      },
    ],
  },
  concat: {
    sample(draw) {
      const shape = draw.shape({ minRank: 1, empty: true })
      const axis = draw.axis(shape)
      const dtype = draw.oneOf(['float64', 'float64', 'float64', 'int32', 'bool'])
      const parts = Array.from({ length: draw.integer(1, 3) }, () =>
        draw.tensor(
          shape.map((extent, a) => (a === axis ? draw.integer(0, 3) : extent)),
          dtype,
        ),
      )
      return sampleOf(primitives.concat, parts, { axis })
    },
    refused: [
      { call: () => core.concat([]), says: 'concat: there are no parts; give at least one tensor' },
      {
        call: () => core.concat([x, core.zeros([3, 3])], 1),
        says: 'concat: part 0 has shape [2, 3] and part 1 has [3, 3]; they may differ only along axis 1',
      },
      {
        call: () => core.concat([x, core.zeros([2])]),
        says: 'concat: part 0 has shape [2, 3] and part 1 has [2]; they may differ only along axis 0',
      },
      {
        call: () => core.concat([x, core.zeros([2, 3], 'int32')]),
        says: 'concat: part 0 is float32 and part 1 is int32; cast(…) one of them',
      },
      {
        call: () => core.concat([x, x], 2),
        says: 'concat: axis 2 does not exist: the tensor has 2 axes, so use -2 to 1',
      },
      {
        call: () => core.concat([x, untyped(3)]),
        says: 'concat: input 1 is 3, not a tensor; wrap numbers in tensor(…)',
      },
    ],
  },
} satisfies Record<string, OpSuite>
