import * as core from '@tapeloop/core'
import { primitives, tensor, type DType, type Op, type Tensor } from '@tapeloop/core'
import { offIntegers, positive, wide, type Draw, type Grid } from '../draw.js'
import { sampleOf, untyped, type OpSuite, type Refusal } from './suite.js'

const two = tensor([1, 2])
const three = tensor([1, 2, 3])
const ints = tensor([1, 2], { dtype: 'int32' })
const bools = tensor([true, false])

type Accepts = 'float' | 'number' | 'bool' | 'any'

const wrongDtype: Record<Accepts, { readonly operand: Tensor; readonly says: string } | null> = {
  float: { operand: ints, says: 'the operand is int32; cast it to float32 or float64 first' },
  number: { operand: bools, says: 'the operand is bool; cast it to a number first' },
  bool: { operand: two, says: 'the operand is float32; compare it with something to get a bool' },
  any: null,
}

function draws(draw: Draw, accepts: Accepts, shape: readonly number[], grid: Grid): Tensor {
  if (accepts === 'bool') return draw.booleans(shape)
  return draw.floats(shape, grid)
}

function unary(op: Op, call: (x: Tensor) => Tensor, accepts: Accepts, grid = wide): OpSuite {
  const wrong = wrongDtype[accepts]
  const refused: Refusal[] = [
    {
      call: () => call(untyped(3)),
      says: `${op.name}: the operand is 3, not a tensor; wrap numbers in tensor(…)`,
    },
  ]
  if (wrong) refused.push({ call: () => call(wrong.operand), says: `${op.name}: ${wrong.says}` })
  return {
    sample: (draw) => sampleOf(op, [draws(draw, accepts, draw.shape({ empty: true }), grid)], {}),
    refused,
  }
}

function binary(
  op: Op,
  call: (a: Tensor, b: Tensor) => Tensor,
  accepts: Accepts,
  [left, right]: readonly [Grid, Grid] = [offIntegers, offIntegers],
): OpSuite {
  const wrong = wrongDtype[accepts]
  const [a, b] = accepts === 'bool' ? [bools, tensor([true, false, true])] : [two, three]
  const refused: Refusal[] = [
    {
      call: () => call(a, b),
      says:
        `${op.name}: shapes [2] and [3] do not broadcast: axis -1 is 2 in the first and 3 in the second; ` +
        'make them equal, or one of them 1',
    },
    {
      call: () => call(a, ints),
      says: `${op.name}: one operand is ${a.dtype} and another int32; dtypes never mix silently, so cast(…) one of them`,
    },
    {
      call: () => call(untyped(1), untyped(2)),
      says: `${op.name}: both operands are numbers; at least one must be a tensor`,
    },
    {
      call: () => call(a, untyped('1')),
      says: `${op.name}: an operand is 1, not a tensor or a number; wrap numbers in tensor(…)`,
    },
  ]
  if (wrong) {
    refused.push({ call: () => call(wrong.operand, wrong.operand), says: `${op.name}: ${wrong.says}` })
  }
  return {
    sample(draw) {
      const shape = draw.shape({ empty: true })
      return sampleOf(op, [draws(draw, accepts, shape, left), draws(draw, accepts, shape, right)], {})
    },
    broadcasting: call,
    refused,
  }
}

/** Comparisons: whole numbers, so that operands are equal now and then, or floats that never are. */
function comparison(op: Op, call: (a: Tensor, b: Tensor) => Tensor, accepts: Accepts): OpSuite {
  return {
    ...binary(op, call, accepts),
    sample(draw) {
      const shape = draw.shape({ empty: true })
      const pair = draw.boolean()
        ? [draw.integers(shape, 0, 2), draw.integers(shape, 0, 2)]
        : [draw.floats(shape), draw.floats(shape, between)]
      return sampleOf(op, pair, {})
    },
  }
}

/** Never equal to a number of `offIntegers`: no ties. */
const between: Grid = { from: -1.82, to: 1.82, step: 0.13 }
/** Never 0, and no quotient with a number of `offIntegers` is whole. */
const halves: Grid = { from: -2.5, to: 2.5, step: 1 }

export const elementwiseSuites = {
  neg: unary(primitives.neg, core.neg, 'number'),
  abs: unary(primitives.abs, core.abs, 'number', offIntegers),
  sign: unary(primitives.sign, core.sign, 'number', offIntegers),
  floor: unary(primitives.floor, core.floor, 'float', offIntegers),
  exp: unary(primitives.exp, core.exp, 'float'),
  expm1: unary(primitives.expm1, core.expm1, 'float'),
  log: unary(primitives.log, core.log, 'float', positive),
  log1p: unary(primitives.log1p, core.log1p, 'float', { from: -0.845, to: 2.6, step: 0.13 }),
  sin: unary(primitives.sin, core.sin, 'float'),
  cos: unary(primitives.cos, core.cos, 'float'),
  tanh: unary(primitives.tanh, core.tanh, 'float'),
  sigmoid: unary(primitives.sigmoid, core.sigmoid, 'float'),
  sqrt: unary(primitives.sqrt, core.sqrt, 'float', positive),
  erf: unary(primitives.erf, core.erf, 'float'),
  not: unary(primitives.not, core.not, 'bool'),
  add: binary(primitives.add, core.add, 'number'),
  sub: binary(primitives.sub, core.sub, 'number'),
  mul: binary(primitives.mul, core.mul, 'number'),
  div: binary(primitives.div, core.div, 'float'),
  pow: binary(primitives.pow, core.pow, 'float', [positive, offIntegers]),
  maximum: binary(primitives.maximum, core.maximum, 'number', [offIntegers, between]),
  minimum: binary(primitives.minimum, core.minimum, 'number', [offIntegers, between]),
  atan2: binary(primitives.atan2, core.atan2, 'float'),
  remainder: {
    ...binary(primitives.remainder, core.remainder, 'number', [offIntegers, halves]),
    kinkWhenEqual: true,
  },
  equal: comparison(primitives.equal, core.equal, 'any'),
  less: comparison(primitives.less, core.less, 'number'),
  lessEqual: comparison(primitives.lessEqual, core.lessEqual, 'number'),
  and: binary(primitives.and, core.and, 'bool'),
  or: binary(primitives.or, core.or, 'bool'),

  select: {
    sample(draw) {
      const shape = draw.shape({ empty: true })
      const branches = [draw.floats(shape), draw.floats(shape)]
      return sampleOf(primitives.select, [draw.booleans(shape), ...branches], {})
    },
    broadcasting: (condition, a, b) => core.where(condition, a, b),
    refused: [
      {
        call: () => core.where(two, two, two),
        says: 'where: the condition is float32; compare it with something to get a bool',
      },
      {
        call: () => core.where(bools, two, ints),
        says: 'where: one operand is float32 and another int32; dtypes never mix silently, so cast(…) one of them',
      },
      {
        call: () => core.where(bools, three, three),
        says:
          'where: shapes [2] and [3] do not broadcast: axis -1 is 2 in the first and 3 in the second; ' +
          'make them equal, or one of them 1',
      },
    ],
  },
  cast: {
    sample(draw) {
      // float32 is as coarse as the differences that check it: its derivative is checked by a test of its own
      const [from, to] = draw.oneOf<readonly [DType, DType]>([
        ['float64', 'float64'],
        ['float64', 'int32'],
        ['float64', 'bool'],
        ['int32', 'float64'],
        ['bool', 'float64'],
        ['int32', 'bool'],
      ])
      return sampleOf(primitives.cast, [draw.tensor(draw.shape({ empty: true }), from)], { dtype: to })
    },
    refused: [
      {
        call: () => core.cast(two, untyped('float16')),
        says: 'cast: there is no dtype float16; use float64, float32, int32 or bool',
      },
    ],
  },
  stop: {
    sample: (draw) => sampleOf(primitives.stop, [draw.floats(draw.shape({ empty: true }))], {}),
    refused: [
      {
        call: () => core.stopGradient(untyped(3)),
        says: 'stop: input 0 is 3, not a tensor; wrap numbers in tensor(…)',
      },
    ],
    stops: true,
  },
} satisfies Record<string, OpSuite>
