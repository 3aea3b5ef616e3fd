import { f32x4, f64x2, i32x4, i64x2, shuffleWords, v128, zero } from '../../emit/simd.js'
import type { V128 } from '../../emit/code.js'
import type { HostFunction } from '../kernel.js'
import { mathsIn, type Maths } from './format.js'

/** π/2 in three parts; times a whole number below 2²⁰ the first two are exact. */
const quarterTurn = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const
/** (sin r − r) / r³ and (cos r − 1 + r²/2) / r⁴ in r², on |r| ≤ π/4 (minimax) */
const sine = [
  -0.16666666666666632, 0.00833333333332237, -0.00019841269829771167, 2.7557313678665487e-6,
  -2.5050755961281656e-8, 1.5896666496563667e-10,
]
const cosine = [
  0.0416666666666666, -0.0013888888888874064, 2.4801587289443475e-5, -2.7557314340658475e-7,
  2.0875721623645195e-9, -1.1359559328922009e-11,
]

/** Sine (shift 0) or cosine (shift 1) of float64 lanes. Angles beyond 2²⁰ are left to the host. */
export function circular(w: Maths, x: V128, shift: 0 | 1): V128 {
  const { lanes } = w
  const y = w.keep(zero)
  w.f.if(
    v128.anyTrue(lanes.gt(lanes.abs(x), w.number(2 ** 20))),
    () => w.f.set(y, byLane(w, shift === 0 ? 'sin' : 'cos', [x])),
    () => w.f.set(y, reduced(w, x, shift)),
  )
  return y
}

function reduced(w: Maths, x: V128, shift: 0 | 1): V128 {
  const { lanes } = w
  // the sum is rounded to a whole number, whose low bits count quarter turns
  const whole = w.number(1.5 * 2 ** 52)
  const bits = w.keep(w.madd(x, w.number(2 / Math.PI), whole))
  const k = w.keep(lanes.sub(bits, whole))
  const [first, second, third] = quarterTurn.map((part) => w.number(-part)) as [V128, V128, V128]
  const r = w.keep(w.madd(k, third, w.madd(k, second, w.madd(k, first, x))))
  const z = w.keep(lanes.mul(r, r))
  const sinR = w.madd(lanes.mul(r, z), w.polynomial(z, sine), r)
  const cosR = w.madd(lanes.mul(z, z), w.polynomial(z, cosine), w.madd(z, w.number(-0.5), w.number(1)))
  // odd quarters swap sine and cosine, the upper two turn the sign
  const quarter = w.keep(i64x2.add(bits, i64x2.const(BigInt(shift))))
  const isOdd = i64x2.sub(zero, v128.and(quarter, i64x2.const(1n)))
  const sign = v128.and(i64x2.shl(quarter, 62), w.number(-0))
  const y = v128.xor(v128.select(isOdd, cosR, sinR), sign)
  return shift === 0 ? v128.select(lanes.eq(x, w.number(0)), x, y) : y
}

/** A host function on each lane of float64 vectors. */
export function byLane(w: Maths, name: HostFunction, operands: readonly V128[]): V128 {
  return [0, 1].reduce<V128>((y, lane) => {
    const value = w.m.host(
      name,
      operands.map((x) => f64x2.extract(x, lane)),
    )
    return f64x2.replace(y, lane, value)
  }, zero)
}

/** How lanes of 4 bytes become float64 lanes, two at a time, and back. */
export interface Widening {
  readonly widen: (x: V128) => V128
  readonly narrow: (x: V128) => V128
}
export const fromFloat32: Widening = { widen: f64x2.fromF32, narrow: f32x4.fromF64 }
export const fromInt32: Widening = { widen: f64x2.fromI32, narrow: i32x4.fromF64 }

/** A function of float64 lanes, on lanes of 4 bytes. */
export function inDoubles(
  w: Maths,
  { widen, narrow }: Widening,
  operands: readonly V128[],
  of: (w: Maths, operands: readonly V128[]) => V128,
): V128 {
  const doubles = mathsIn(w, 'float64')
  const half = (words: readonly number[]) =>
    w.keep(
      narrow(
        of(
          doubles,
          operands.map((x) => w.keep(widen(shuffleWords(x, x, words)))),
        ),
      ),
    )
  return shuffleWords(half([0, 1, 0, 1]), half([2, 3, 2, 3]), [0, 1, 4, 5])
}
