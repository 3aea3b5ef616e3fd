import type { V128 } from '../../emit/code.js'
import type { Local } from '../../emit/function.js'
import { lanesOf, type Lanes } from '../../emit/simd.js'
import { madd, type Writer } from '../kernel.js'

/** What the code of a mathematical function is written with, in one float format. */
export interface Maths extends Writer {
  readonly lanes: Lanes
  readonly format: Format
  /** a value used more than once */
  keep(code: V128): Local<'v128'>
  /** the number in all lanes */
  number(value: number): V128
  /** a · b + c */
  madd(a: V128, b: V128, c: V128): V128
  /** c₀ + c₁ x + c₂ x² + …, by Horner's rule */
  polynomial(x: V128, coefficients: readonly number[]): V128
}

/** Mathematics in one format inside a function. */
export function mathsIn(writer: Writer, dtype: Lanes['dtype']): Maths {
  const { f, level } = writer
  const lanes = lanesOf(dtype)
  const number = (value: number) => f.constant('v128', lanes.const(value))
  return {
    ...writer,
    lanes,
    format: formats[dtype],
    keep: (code) => f.let('v128', code),
    number,
    madd: (a, b, c) => madd(level, lanes, a, b, c),
    polynomial(x, coefficients) {
      const [last, ...rest] = coefficients.toReversed()
      return rest.reduce<V128>((sum, c) => madd(level, lanes, sum, x, number(c)), number(last!))
    },
  }
}

/**
 * What differs between the formats. Each polynomial is a minimax fit (Remez' exchange, 50 digits) that errs less than the
 * arithmetic does.
 */
interface Format {
  /** stored bits of the mantissa, and the exponent field of 1 */
  readonly mantissa: number
  readonly bias: number
  readonly smallestNormal: number
  /** ln 2 in two parts; times an exponent, the first is exact */
  readonly ln2: readonly [number, number]
  /** beyond these e^x is 0, or ∞ */
  readonly expRange: readonly [number, number]
  /** below this e^x − 1 is −1 */
  readonly expm1From: number
  /** (eʳ − 1 − r) / r² on |r| ≤ ½ ln 2 */
  readonly exp: readonly number[]
  /** (ln((1 + s) / (1 − s)) − 2s) / s³ in s², on (1 + s) / (1 − s) from √½ to √2 */
  readonly log: readonly number[]
  /** erf(x) / x in x² on |x| ≤ 1 */
  readonly erf: readonly number[]
  /** ln erfc(x) on 1 to `erfOne` */
  readonly lnErfc: readonly number[]
  /** from here on erf is 1 */
  readonly erfOne: number
}

const formats: Record<Lanes['dtype'], Format> = {
  float32: {
    mantissa: 23,
    bias: 127,
    smallestNormal: 2 ** -126,
    ln2: [0.693359375, -0.00021219444005469057],
    expRange: [-104, 89],
    expm1From: -20,
    exp: [0.49999998154, 0.16666543621, 0.041667199865, 0.0083665205762, 0.0013882521134],
    log: [0.66666776448639, 0.39977532380188, 0.29871996874633],
    erf: [
      1.12837916572671, -0.37612625824238, 0.11283585148567, -0.026853811931432, 0.0051883276762303,
      -8.0101935285822e-4, 7.853861001599e-5,
    ],
    lnErfc: [
      -3.537193208142e-4, -1.12704003653463, -0.63822567671923, -0.1030373688989767, 0.02180531822333384,
      -0.00293960722655593, 1.8557399600076e-4,
    ],
    erfOne: 4,
  },
  float64: {
    mantissa: 52,
    bias: 1023,
    smallestNormal: 2 ** -1022,
    ln2: [0.6931471806019545, -4.2009150726810846e-11],
    expRange: [-746, 710],
    expm1From: -40,
    exp: [
      0.5000000000000006, 0.16666666666666588, 0.04166666666657676, 0.008333333333389552,
      0.0013888888931564917, 0.0001984126971900722, 2.4801505273722163e-5, 2.755740754193498e-6,
      2.7626037922031873e-7, 2.5053775311870383e-8,
    ],
    log: [
      0.6666666666666734, 0.39999999999413965, 0.28571428742562127, 0.222221985537893, 0.18183565406999952,
      0.15314021125853913, 0.14796261091226875,
    ],
    erf: [
      1.1283791670955126, -0.3761263890318352, 0.11283791670944185, -0.026866170643111472,
      0.005223977606118517, -0.000854832592931656, 0.00012055293576960785, -1.4924712303122372e-5,
      1.6447131584405558e-6, -1.620631385421004e-7, 1.3710980791189752e-8, -7.779469184898378e-10,
    ],
    lnErfc: [
      -1.8417083650859491e-6, -1.1283616054656818, -0.6366976002770018, -0.10255980727234722,
      0.018726758673710757, 0.0007638110468069714, -0.0022742765228945553, 0.0010515405055689974,
      -0.0003072206640918965, 6.268282681174657e-5, -8.577142904410032e-6, 6.142344474054676e-7,
      2.07022894416381e-8, -9.773725630443223e-9, 9.377464836230753e-10, -3.361830859080831e-11,
    ],
    erfOne: 6,
  },
}
