import type { Op } from '../op.js'
import { erfOf } from '../reference/erf.js'
import { apply1, refuseAsTensor, Tensor } from '../tensor.js'
import { add, div, mul, sub } from './binary.js'
import { unary } from './elementwise.js'

export const negOp = unary('neg', {
  formula: '-x',
  accepts: 'number',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = -x[i]!
  },
  slope: () => -1,
})
export const absOp = unary('abs', {
  formula: '|x|',
  accepts: 'number',
  linear: [[0]],
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.abs(x[i]!)
  },
  slope: (x) => sign(x),
})
export const signOp = unary('sign', {
  formula: String.raw`\operatorname{sgn} x`,
  accepts: 'number',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.sign(x[i]!)
  },
})
export const floorOp = unary('floor', {
  formula: String.raw`\lfloor x \rfloor`,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.floor(x[i]!)
  },
})
export const expOp = unary('exp', {
  formula: 'e^x',
  flops: 8,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.exp(x[i]!)
  },
  slope: (_x, y) => y,
})
export const expm1Op = unary('expm1', {
  formula: 'e^x - 1',
  flops: 12,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.expm1(x[i]!)
  },
  slope: (_x, y) => add(y, 1),
})
export const logOp = unary('log', {
  formula: String.raw`\ln x`,
  flops: 8,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.log(x[i]!)
  },
  slope: (x) => div(1, x),
})
export const log1pOp = unary('log1p', {
  formula: String.raw`\ln(1 + x)`,
  flops: 12,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.log1p(x[i]!)
  },
  slope: (x) => div(1, add(x, 1)),
})
export const sinOp = unary('sin', {
  formula: String.raw`\sin x`,
  flops: 10,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.sin(x[i]!)
  },
  slope: (x) => cos(x),
})
export const cosOp = unary('cos', {
  formula: String.raw`\cos x`,
  flops: 10,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.cos(x[i]!)
  },
  slope: (x) => neg(sin(x)),
})
export const tanhOp = unary('tanh', {
  formula: String.raw`\tanh x`,
  flops: 10,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.tanh(x[i]!)
  },
  slope: (_x, y) => sub(1, mul(y, y)),
})
export const sigmoidOp = unary('sigmoid', {
  formula: String.raw`\sigma(x) = \frac{1}{1 + e^{-x}}`,
  flops: 10,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = 1 / (1 + Math.exp(-x[i]!))
  },
  slope: (_x, y) => mul(y, sub(1, y)),
})
export const sqrtOp = unary('sqrt', {
  formula: String.raw`\sqrt x`,
  flops: 4,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.sqrt(x[i]!)
  },
  slope: (_x, y) => div(0.5, y),
})
export const erfOp = unary('erf', {
  formula: String.raw`\operatorname{erf} x`,
  flops: 15,
  accepts: 'float',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = erfOf(x[i]!)
  },
  slope: (x) => mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)),
})
export const notOp = unary('not', {
  formula: String.raw`\lnot x`,
  accepts: 'bool',
  loop: (x, y) => {
    for (let i = 0; i < y.length; i++) y[i] = x[i] === 0 ? 1 : 0
  },
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

function unaryCall(op: Op): (x: Tensor) => Tensor {
  return (x) => {
    if (!(x instanceof Tensor)) refuseAsTensor(op.name, 'the operand', x)
    return apply1(op, [x], {})
  }
}
