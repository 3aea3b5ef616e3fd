import {
  abs,
  add,
  div,
  erf,
  exp,
  expm1,
  less,
  lessEqual,
  log1p,
  mul,
  neg,
  sigmoid,
  sub,
  tanh,
  type Operand,
} from '../ops/arithmetic.js'
import type { Tensor } from '../tensor.js'
import { checkFloat } from './check.js'
import { where } from './elementwise.js'
import { split } from './split.js'

/** Activation functions, elementwise: the result has the shape of x. At kinks they have PyTorch's gradients. */

/** max(x, 0); its gradient at 0 is 0, and NaN stays NaN. */
export function relu(x: Tensor): Tensor {
  checkFloat('relu', x)
  return where(lessEqual(x, 0), 0, x)
}

/** x where x > 0, else slope · x. The slope may be a tensor that broadcasts, learned or not (PReLU, He et al. 2015). */
export function leakyRelu(x: Tensor, slope: Operand = 0.01): Tensor {
  checkFloat('leakyRelu', x)
  return where(less(0, x), x, mul(x, slope))
}

/** x where x > 0, else α (eˣ − 1) (Clevert et al. 2016). */
export function elu(x: Tensor, alpha = 1): Tensor {
  checkFloat('elu', x)
  return exponentialUnit(x, alpha, 1)
}

/** Scaled `elu` whose fixed point has mean 0 and variance 1 (Klambauer et al. 2017, equation 2). */
export function selu(x: Tensor): Tensor {
  checkFloat('selu', x)
  return mul(exponentialUnit(x, 1.6732632423543772, 1), 1.0507009873554805)
}

/** x where x > 0, else α (e^(x/α) − 1): its slope at 0 is 1 for every α (Barron 2017). */
export function celu(x: Tensor, alpha = 1): Tensor {
  checkFloat('celu', x)
  return exponentialUnit(x, alpha, 1 / alpha)
}

/**
 * x Φ(x), with Φ the normal distribution (Hendrycks & Gimpel 2016), or its approximation by tanh.
 */
export function gelu(x: Tensor, { approximate = false }: { approximate?: boolean } = {}): Tensor {
  checkFloat('gelu', x)
  const half = mul(x, 0.5)
  if (!approximate) return mul(half, add(erf(mul(x, Math.SQRT1_2)), 1))
  const inner = mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI))
  return mul(half, add(tanh(inner), 1))
}

/** x σ(x), also called swish (Elfwing et al. 2018). */
export function silu(x: Tensor): Tensor {
  checkFloat('silu', x)
  return mul(x, sigmoid(x))
}

/** x tanh(ln(1 + eˣ)) (Misra 2019). */
export function mish(x: Tensor): Tensor {
  checkFloat('mish', x)
  return mul(x, tanh(softplus(x)))
}

/** ln(1 + e^(βx)) / β; x itself where βx exceeds the threshold, where the two differ by less than e^(−threshold). */
export function softplus(
  x: Tensor,
  { beta = 1, threshold = 20 }: { beta?: number; threshold?: number } = {},
): Tensor {
  checkFloat('softplus', x)
  const scaled = mul(x, beta)
  const isLinear = less(threshold, scaled)
  return where(isLinear, x, div(log1p(exp(where(isLinear, 0, scaled))), beta))
}

/** ln σ(x) = −ln(1 + e⁻ˣ), for any size of x. */
export function logSigmoid(x: Tensor): Tensor {
  checkFloat('logSigmoid', x)
  return neg(softplus(neg(x), { threshold: 40 })) // from 40 on, the rest is below the last bit of a float64
}

/** x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  checkFloat('softsign', x)
  return div(x, add(abs(x), 1))
}

/** x − tanh x. */
export function tanhShrink(x: Tensor): Tensor {
  checkFloat('tanhShrink', x)
  return sub(x, tanh(x))
}

/** Gated linear unit: the first half of an axis times σ of the second (Dauphin et al. 2017). */
export function glu(x: Tensor, axis = -1): Tensor {
  checkFloat('glu', x)
  const [a, b] = split(x, 2, axis)
  return mul(a, sigmoid(b))
}

/** x where x > 0, else α (e^(rate·x) − 1); the exponential is only taken where it is used. */
function exponentialUnit(x: Tensor, alpha: number, rate: number): Tensor {
  const isPositive = less(0, x)
  const low = where(isPositive, 0, rate === 1 ? x : mul(x, rate))
  return where(isPositive, x, mul(expm1(low), alpha))
}
