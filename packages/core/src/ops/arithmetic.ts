import type { DType } from '../dtype.js'
import { refuse } from '../errors.js'
import type { Op } from '../op.js'
import { erfOf } from '../reference/erf.js'
import { broadcastShapes } from '../shape.js'
import { apply1, Tensor } from '../tensor.js'
import { binary, unary } from './elementwise.js'
import { full } from './literal.js'
import { broadcastTo } from './movement.js'
import { selectOp } from './select.js'

/** A tensor, or a number that takes the dtype (and the shape) of the tensor beside it. */
export type Operand = Tensor | number

export const negOp = unary('neg', { formula: '-x', accepts: 'number', value: (x) => -x, slope: () => -1 })
export const absOp = unary('abs', {
  formula: '|x|',
  accepts: 'number',
  linear: [[0]],
  value: Math.abs,
  slope: (x) => sign(x),
})
export const signOp = unary('sign', {
  formula: String.raw`\operatorname{sgn} x`,
  accepts: 'number',
  value: Math.sign,
})
export const floorOp = unary('floor', {
  formula: String.raw`\lfloor x \rfloor`,
  accepts: 'float',
  value: Math.floor,
})
export const expOp = unary('exp', { formula: 'e^x', accepts: 'float', value: Math.exp, slope: (_x, y) => y })
export const expm1Op = unary('expm1', {
  formula: 'e^x - 1',
  accepts: 'float',
  value: Math.expm1,
  slope: (_x, y) => add(y, 1),
})
export const logOp = unary('log', {
  formula: String.raw`\ln x`,
  accepts: 'float',
  value: Math.log,
  slope: (x) => div(1, x),
})
export const log1pOp = unary('log1p', {
  formula: String.raw`\ln(1 + x)`,
  accepts: 'float',
  value: Math.log1p,
  slope: (x) => div(1, add(x, 1)),
})
export const sinOp = unary('sin', {
  formula: String.raw`\sin x`,
  accepts: 'float',
  value: Math.sin,
  slope: (x) => cos(x),
})
export const cosOp = unary('cos', {
  formula: String.raw`\cos x`,
  accepts: 'float',
  value: Math.cos,
  slope: (x) => neg(sin(x)),
})
export const tanhOp = unary('tanh', {
  formula: String.raw`\tanh x`,
  accepts: 'float',
  value: Math.tanh,
  slope: (_x, y) => sub(1, mul(y, y)),
})
export const sigmoidOp = unary('sigmoid', {
  formula: String.raw`\sigma(x) = \frac{1}{1 + e^{-x}}`,
  accepts: 'float',
  value: (x) => 1 / (1 + Math.exp(-x)),
  slope: (_x, y) => mul(y, sub(1, y)),
})
export const sqrtOp = unary('sqrt', {
  formula: String.raw`\sqrt x`,
  accepts: 'float',
  value: Math.sqrt,
  slope: (_x, y) => div(0.5, y),
})
export const erfOp = unary('erf', {
  formula: String.raw`\operatorname{erf} x`,
  accepts: 'float',
  value: erfOf,
  slope: (x) => mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)),
})
export const notOp = unary('not', {
  formula: String.raw`\lnot x`,
  accepts: 'bool',
  value: (x) => (x ? 0 : 1),
})

export const addOp = binary('add', {
  formula: 'a + b',
  accepts: 'number',
  commutative: true,
  linear: [[0, 1]],
  value: (a, b) => a + b,
  slopes: [() => 1, () => 1],
})
export const subOp = binary('sub', {
  formula: 'a - b',
  accepts: 'number',
  linear: [[0, 1]],
  value: (a, b) => a - b,
  slopes: [() => 1, () => -1],
})
export const mulOp = binary('mul', {
  formula: String.raw`a \odot b`,
  accepts: 'number',
  commutative: true,
  linear: [[0], [1]],
  value: (a, b) => a * b,
  slopes: [(_a, b) => b, (a) => a],
})
export const divOp = binary('div', {
  formula: 'a / b',
  accepts: 'float',
  linear: [[0]],
  value: (a, b) => a / b,
  slopes: [(_a, b) => div(1, b), (_a, b, y) => neg(div(y, b))],
})
export const powOp = binary('pow', {
  formula: 'a^b',
  accepts: 'float',
  value: Math.pow,
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
  value: Math.max,
  slopes: [(a, b) => firstWins(less(b, a), a, b), (a, b) => firstWins(less(a, b), a, b)],
})
export const minimumOp = binary('minimum', {
  formula: String.raw`\min(a, b)`,
  accepts: 'number',
  commutative: true,
  value: Math.min,
  slopes: [(a, b) => firstWins(less(a, b), a, b), (a, b) => firstWins(less(b, a), a, b)],
})
export const atan2Op = binary('atan2', {
  formula: String.raw`\operatorname{atan2}(a, b)`,
  accepts: 'float',
  value: Math.atan2,
  slopes: [(a, b) => div(b, squares(a, b)), (a, b) => neg(div(a, squares(a, b)))],
})
export const remainderOp = binary('remainder', {
  formula: String.raw`a - b \lfloor a / b \rfloor`,
  accepts: 'number',
  value: (a, b) => a - b * Math.floor(a / b),
  slopes: [() => 1, (a, b) => neg(floor(div(a, b)))],
})
export const equalOp = binary('equal', {
  formula: 'a = b',
  accepts: 'any',
  commutative: true,
  result: 'bool',
  value: (a, b) => (a === b ? 1 : 0),
})
export const lessOp = binary('less', {
  formula: 'a < b',
  accepts: 'number',
  result: 'bool',
  value: (a, b) => (a < b ? 1 : 0),
})
export const lessEqualOp = binary('lessEqual', {
  formula: String.raw`a \le b`,
  accepts: 'number',
  result: 'bool',
  value: (a, b) => (a <= b ? 1 : 0),
})
export const andOp = binary('and', {
  formula: String.raw`a \land b`,
  accepts: 'bool',
  commutative: true,
  value: (a, b) => a & b,
})
export const orOp = binary('or', {
  formula: String.raw`a \lor b`,
  commutative: true,
  accepts: 'bool',
  value: (a, b) => a | b,
})

/** −x. */
export const neg = unaryCall(negOp)
/** |x|; its derivative at 0 is 0. */
export const abs = unaryCall(absOp)
/** −1, 0 or 1. */
export const sign = unaryCall(signOp)
/** The largest whole number ≤ x. */
export const floor = unaryCall(floorOp)
/** eˣ. */
export const exp = unaryCall(expOp)
/** eˣ − 1, exact near 0. */
export const expm1 = unaryCall(expm1Op)
/** Natural logarithm. */
export const log = unaryCall(logOp)
/** ln(1 + x), exact near 0. */
export const log1p = unaryCall(log1pOp)
/** Sine of x in radians. */
export const sin = unaryCall(sinOp)
/** Cosine of x in radians. */
export const cos = unaryCall(cosOp)
/** Hyperbolic tangent. */
export const tanh = unaryCall(tanhOp)
/** Logistic sigmoid 1 / (1 + e⁻ˣ). */
export const sigmoid = unaryCall(sigmoidOp)
/** Square root; its derivative at 0 is ∞. */
export const sqrt = unaryCall(sqrtOp)
/** Error function. */
export const erf = unaryCall(erfOp)
/** Logical not of a bool tensor. */
export const not = unaryCall(notOp)

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
  if (first === undefined) return refuse(name, 'both operands are numbers; at least one must be a tensor')
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
    return refuse(name, `an operand is ${String(value)}, neither a tensor nor a number`)
  if (dtype === 'int32' && !Number.isInteger(value)) {
    refuse(
      name,
      `${value} is not a whole number but the tensor beside it is int32; cast the tensor to a float first`,
    )
  }
  return value
}

function unaryCall(op: Op): (x: Tensor) => Tensor {
  return (x) => {
    if (!(x instanceof Tensor))
      refuse(op.name, `the operand is ${String(x)}, not a tensor; wrap it in tensor(…)`)
    return apply1(op, [x], {})
  }
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
