import type { DType } from '../dtype.js'
import { refuse } from '../errors.js'
import type { Op } from '../op.js'
import { broadcastShapes } from '../shape.js'
import { apply1, refuseAsTensor, Tensor } from '../tensor.js'
import { binary } from './elementwise.js'
import { full } from './literal.js'
import { broadcastTo } from './movement.js'
import { selectOp } from './select.js'
import { floor, log, neg } from './unary.js'

/** A tensor, or a number that takes the dtype (and the shape) of the tensor beside it. */
export type Operand = Tensor | number

export const addOp = binary('add', {
  formula: 'a + b',
  accepts: 'number',
  commutative: true,
  linear: [[0, 1]],
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i]! + b[i]!
  },
  slopes: [() => 1, () => 1],
})
export const subOp = binary('sub', {
  formula: 'a - b',
  accepts: 'number',
  linear: [[0, 1]],
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i]! - b[i]!
  },
  slopes: [() => 1, () => -1],
})
export const mulOp = binary('mul', {
  formula: String.raw`a \odot b`,
  accepts: 'number',
  commutative: true,
  linear: [[0], [1]],
  loop: (a, b, y) => {
    if (y instanceof Int32Array) for (let i = 0; i < y.length; i++) y[i] = Math.imul(a[i]!, b[i]!)
    else for (let i = 0; i < y.length; i++) y[i] = a[i]! * b[i]!
  },
  slopes: [(_a, b) => b, (a) => a],
})
export const divOp = binary('div', {
  formula: 'a / b',
  flops: 4,
  accepts: 'float',
  linear: [[0]],
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i]! / b[i]!
  },
  slopes: [(_a, b) => div(1, b), (_a, b, y) => neg(div(y, b))],
})
export const powOp = binary('pow', {
  formula: 'a^b',
  flops: 20,
  accepts: 'float',
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i]! ** b[i]!
  },
  // at a = 0 the textbook forms give 0·∞, whose limit is 0, as PyTorch has it; the base gives way before it can
  slopes: [
    (a, b) => mul(b, pow(baseUnless(and(equal(a, 0), equal(b, 0)), a), sub(b, 1))),
    (a, b, y) => mul(y, log(baseUnless(and(equal(a, 0), lessEqual(0, b)), a))),
  ],
})
export const maximumOp = binary('maximum', {
  formula: String.raw`\max(a, b)`,
  accepts: 'number',
  commutative: true,
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.max(a[i]!, b[i]!)
  },
  slopes: [(a, b) => firstWins(less(b, a), a, b), (a, b) => firstWins(less(a, b), a, b)],
})
export const minimumOp = binary('minimum', {
  formula: String.raw`\min(a, b)`,
  accepts: 'number',
  commutative: true,
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.min(a[i]!, b[i]!)
  },
  slopes: [(a, b) => firstWins(less(a, b), a, b), (a, b) => firstWins(less(b, a), a, b)],
})
export const atan2Op = binary('atan2', {
  formula: String.raw`\operatorname{atan2}(a, b)`,
  flops: 20,
  accepts: 'float',
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.atan2(a[i]!, b[i]!)
  },
  slopes: [(a, b) => div(b, squares(a, b)), (a, b) => neg(div(a, squares(a, b)))],
})
export const remainderOp = binary('remainder', {
  formula: String.raw`a - b \lfloor a / b \rfloor`,
  flops: 5,
  accepts: 'number',
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i]! - b[i]! * Math.floor(a[i]! / b[i]!)
  },
  slopes: [() => 1, (a, b) => neg(floor(div(a, b)))],
})
export const equalOp = binary('equal', {
  formula: 'a = b',
  accepts: 'any',
  commutative: true,
  result: 'bool',
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i] === b[i] ? 1 : 0
  },
})
export const lessOp = binary('less', {
  formula: 'a < b',
  accepts: 'number',
  result: 'bool',
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i]! < b[i]! ? 1 : 0
  },
})
export const lessEqualOp = binary('lessEqual', {
  formula: String.raw`a \le b`,
  accepts: 'number',
  result: 'bool',
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i]! <= b[i]! ? 1 : 0
  },
})
export const andOp = binary('and', {
  formula: String.raw`a \land b`,
  accepts: 'bool',
  commutative: true,
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i]! & b[i]!
  },
})
export const orOp = binary('or', {
  formula: String.raw`a \lor b`,
  commutative: true,
  accepts: 'bool',
  loop: (a, b, y) => {
    for (let i = 0; i < y.length; i++) y[i] = a[i]! | b[i]!
  },
})

/** a + b, with broadcasting. */
export const add = binaryCall(addOp)
/** a − b, with broadcasting. */
export const sub = binaryCall(subOp)
/** Elementwise product, with broadcasting. */
export const mul = binaryCall(mulOp)
/** Quotient of floats, with broadcasting. */
export const div = binaryCall(divOp)
/** a to the power b, with broadcasting. */
export const pow = binaryCall(powOp)
/** The larger one; equal operands share the gradient, as in PyTorch. */
export const maximum = binaryCall(maximumOp)
/** The smaller one; equal operands share the gradient, as in PyTorch. */
export const minimum = binaryCall(minimumOp)
/** The angle of the point (x = b, y = a), in radians. */
export const atan2 = binaryCall(atan2Op)
/** a modulo b, with the sign of b. */
export const remainder = binaryCall(remainderOp)
/** Whether a = b; a bool tensor. */
export const equal = binaryCall(equalOp)
/** Whether a < b; a bool tensor. */
export const less = binaryCall(lessOp)
/** Whether a ≤ b; a bool tensor. */
export const lessEqual = binaryCall(lessEqualOp)
/** Logical and of bool tensors. */
export const and = binaryCall(andOp)
/** Logical or of bool tensors. */
export const or = binaryCall(orOp)

/** Where a number becomes a tensor and shapes are made equal. At least one operand is a tensor. */
export function broadcastOperands(name: string, operands: readonly Operand[]): Tensor[] {
  const tensors = operands.filter((operand) => operand instanceof Tensor)
  const [first] = tensors
  if (first === undefined) {
    const strange: unknown = operands.find((operand) => typeof operand === 'object')
    if (strange !== undefined) refuseAsTensor(name, 'an operand', strange)
    return refuse(name, 'both operands are numbers; at least one must be a tensor')
  }
  const shape = tensors.reduce<readonly number[]>((all, { shape }) => broadcastShapes(name, all, shape), [])
  return operands.map((operand) =>
    operand instanceof Tensor
      ? broadcastTo(operand, shape)
      : full(numberFor(name, operand, first.dtype), shape, first.dtype),
  )
}

function numberFor(name: string, value: unknown, dtype: DType): number {
  if (typeof value === 'boolean' && dtype === 'bool') return value ? 1 : 0
  if (typeof value !== 'number')
    return refuseAsTensor(name, 'an operand', value, String(value), 'a tensor or a number')
  if (dtype === 'int32' && !Number.isInteger(value)) {
    refuse(
      name,
      `${value} is not a whole number but the tensor beside it is int32; cast the tensor to a float first`,
    )
  }
  if (dtype === 'int32' && value !== (value | 0))
    refuse(name, `${value} does not fit the int32 tensor beside it; cast the tensor to a float first`)
  return value
}

function binaryCall(op: Op): (a: Operand, b: Operand) => Tensor {
  return (a, b) => apply1(op, broadcastOperands(op.name, [a, b]), {})
}

function select(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  return apply1(selectOp, [condition, a, b], {})
}

/** a, or 1 where the condition holds. */
function baseUnless(condition: Tensor, a: Tensor): Tensor {
  return select(condition, full(1, a.shape, a.dtype), a)
}

function squares(a: Tensor, b: Tensor): Tensor {
  return add(mul(a, a), mul(b, b))
}

/** 1 where the condition holds, ½ where a = b, else 0. */
function firstWins(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const [one, half, none] = [1, 0.5, 0].map((value) => full(value, a.shape, a.dtype))
  return select(condition, one!, select(equal(a, b), half!, none!))
}
