import { v128 } from '../../emit/simd.js'
import type { V128 } from '../../emit/code.js'
import type { Maths } from './format.js'

/** ln x */
export function log(w: Maths, x: V128): V128 {
  const { lanes, format } = w
  const { mantissa, bias, smallestNormal } = format
  const number = (value: number) => w.number(value)
  const isTiny = w.keep(lanes.lt(x, number(smallestNormal)))
  const normal = w.keep(v128.select(isTiny, lanes.mul(x, number(2 ** mantissa)), x))
  // x = 2^e m with m from √½ to √2, by arithmetic on the bits: the exponent field counts from √½
  const fromRoot = w.keep(lanes.int.add(lanes.int.sub(normal, number(Math.SQRT1_2)), number(1)))
  const field = v128.or(lanes.int.shrUnsigned(fromRoot, mantissa), number(2 ** mantissa))
  const scaledBy = v128.and(isTiny, number(mantissa))
  const e = w.keep(lanes.sub(lanes.sub(field, number(2 ** mantissa + bias)), scaledBy))
  const m = lanes.int.add(v128.andNot(fromRoot, number(Infinity)), number(Math.SQRT1_2))
  const f = w.keep(lanes.sub(m, number(1)))
  const s = w.keep(lanes.div(f, lanes.add(f, number(2))))
  const z = w.keep(lanes.mul(s, s))
  const half = w.keep(lanes.mul(lanes.mul(f, number(0.5)), f))
  const series = lanes.mul(z, w.polynomial(z, format.log))
  const [high, low] = format.ln2
  const correction = w.madd(s, lanes.add(half, series), lanes.mul(e, number(low)))
  const value = w.madd(e, number(high), lanes.sub(f, lanes.sub(half, correction)))
  const isPositive = w.keep(lanes.gt(x, number(0)))
  const beyond = v128.select(
    lanes.eq(x, number(0)),
    number(-Infinity),
    v128.select(isPositive, x, number(NaN)),
  )
  return v128.select(v128.and(isPositive, lanes.lt(x, number(Infinity))), value, beyond)
}

/** ln(1 + x): the logarithm of the rounded sum, and what rounding took away. */
export function log1p(w: Maths, x: V128): V128 {
  const { lanes } = w
  const [none, one, infinite] = [w.number(0), w.number(1), w.number(Infinity)]
  const sum = w.keep(lanes.add(x, one))
  const lost = lanes.div(lanes.sub(x, lanes.sub(sum, one)), sum)
  const isFinite = v128.and(lanes.gt(sum, none), lanes.lt(sum, infinite))
  const value = w.keep(lanes.add(log(w, sum), v128.and(lost, isFinite)))
  return v128.select(lanes.eq(sum, one), x, value)
}
