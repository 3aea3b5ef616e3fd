import { isFloat, type DType } from './dtype.js'
import { refuse } from './errors.js'
import { add, cos, less, log, mul, neg, remainder, sqrt, sub } from './ops/arithmetic.js'
import { full, iota } from './ops/literal.js'
import { broadcastTo, reshape } from './ops/movement.js'
import { foldInOp, randomBitsOp } from './ops/random-bits.js'
import { argmax } from './ops/reduce.js'
import { cast } from './ops/select.js'
import { sliceAxis } from './ops/concat.js'
import { checkShape, showShape, type Shape } from './shape.js'
import { apply1, fromNumbers, type Tensor } from './tensor.js'

/**
 * Random numbers without hidden state: every draw is a function of a key and a shape, so that it repeats on every
 * backend. Draw from a key once; take new keys by `splitKey` or `foldIn`. The generator is Threefry-2x32 (see
 * `ops/random-bits.ts`).
 */

/** A key from a seed (a whole number, taken modulo 2⁵³): int32 `[2]`. */
export function randomKey(seed: number): Tensor {
  if (!Number.isSafeInteger(seed))
    refuse('randomKey', `the seed is ${seed}; it must be a whole number below 2^53`)
  return fromNumbers(Int32Array.of(Math.floor(seed / 2 ** 32) | 0, seed | 0), [2], 'int32')
}

/** A key of its own for number `n` (an int32 scalar or a whole number), such as a time step. */
export function foldIn(key: Tensor, n: Tensor | number): Tensor {
  if (typeof n === 'number' && !Number.isInteger(n))
    refuse('foldIn', `the number is ${n}; give a whole number`)
  return apply1(foldInOp, [key, typeof n === 'number' ? full(n, [], 'int32') : n], {})
}

/** `count` independent keys. */
export function splitKey(key: Tensor, count: number): Tensor[] {
  checkKey('splitKey', key)
  if (!Number.isInteger(count) || count < 0)
    refuse('splitKey', `the count is ${count}; it must be a whole number from 0`)
  const keys = apply1(foldInOp, [broadcastTo(key, [count, 2]), iota(count)], {})
  return Array.from({ length: count }, (_, i) => reshape(sliceAxis(keys, 0, i, i + 1), [2]))
}

/** Uniform on [low, high), but for rounding: 24 random bits in float32, 32 in float64. */
export function uniform(
  key: Tensor,
  shape: Shape,
  { low = 0, high = 1, dtype = 'float32' as DType }: { low?: number; high?: number; dtype?: DType } = {},
): Tensor {
  const unit = unitInterval('uniform', key, shape, dtype)
  return add(mul(unit, high - low), low)
}

/** Standard normal times `deviation` plus `mean`, by Box and Muller's transform. */
export function normal(
  key: Tensor,
  shape: Shape,
  {
    mean = 0,
    deviation = 1,
    dtype = 'float32' as DType,
  }: { mean?: number; deviation?: number; dtype?: DType } = {},
): Tensor {
  checkKey('normal', key)
  const [forRadius, forAngle] = splitKey(key, 2) as [Tensor, Tensor]
  const radius = sqrt(mul(log(sub(1, unitInterval('normal', forRadius, shape, dtype))), -2))
  const z = mul(radius, cos(mul(unitInterval('normal', forAngle, shape, dtype), 2 * Math.PI)))
  return add(mul(z, deviation), mean)
}

/** True with probability p; a bool tensor. */
export function bernoulli(key: Tensor, p: number, shape: Shape): Tensor {
  if (!(p >= 0 && p <= 1)) refuse('bernoulli', `the probability is ${p}; it must lie between 0 and 1`)
  return less(unitInterval('bernoulli', key, shape, 'float32'), p)
}

/** Whole numbers from `low` to `high − 1`; int32. */
export function randomInteger(key: Tensor, low: number, high: number, shape: Shape): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || high <= low) {
    refuse('randomInteger', `the range is ${low} to ${high}; give whole numbers with low < high`)
  }
  if (low < -(2 ** 31) || high > 2 ** 31 || high - low >= 2 ** 31)
    refuse(
      'randomInteger',
      `the range ${low} to ${high} does not fit int32; give one of fewer than 2^31 numbers`,
    )
  const bits = randomBits('randomInteger', key, shape)
  return add(remainder(bits, high - low), low)
}

/** One index for each row of logits `[…, n]`, drawn with probability softmax(logits); int32 `[…]`. Gumbel's trick. */
export function categorical(key: Tensor, logits: Tensor): Tensor {
  const unit = unitInterval('categorical', key, logits.shape, logits.dtype)
  const gumbel = neg(log(neg(log(add(mul(unit, 1 - 2e-7), 1e-7)))))
  return argmax(add(logits, gumbel), -1)
}

/** [0, 1). The bits are signed: halving the range from −2³¹ keeps every step exact. */
function unitInterval(where: string, key: Tensor, shape: Shape, dtype: DType): Tensor {
  if (!isFloat(dtype)) refuse(where, `numbers in an interval are float32 or float64, not ${dtype}`)
  const bits = randomBits(where, key, shape)
  const exact = dtype === 'float64' ? bits : sub(bits, remainder(bits, 256)) // what fits in the mantissa
  return add(mul(cast(exact, dtype), 2 ** -32), 0.5)
}

function randomBits(where: string, key: Tensor, shape: Shape): Tensor {
  checkKey(where, key)
  checkShape(where, shape)
  return apply1(randomBitsOp, [key], { shape: [...shape] })
}

function checkKey(where: string, { dtype, shape }: Tensor): void {
  if (dtype !== 'int32' || shape.length !== 1 || shape[0] !== 2)
    refuse(
      where,
      `the key is ${dtype} ${showShape(shape)}; make one with randomKey(seed), which is int32 [2]`,
    )
}
