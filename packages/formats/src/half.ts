/**
 * The two 16-bit floats as 32-bit ones and back, on bit patterns: NaNs keep their payload, which they could lose as
 * JavaScript numbers. Going to 16 bits rounds to nearest, ties to even.
 */

/** IEEE 754 binary16 (5 bits of exponent) to binary32. Exact. */
export function float16ToBits32(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0
  if (fraction === 0) return sign >>> 0
  // a subnormal half is a normal float: shift its leading one to where the hidden bit is
  const shift = Math.clz32(fraction) - 21
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)) >>> 0
}

/** Binary32 to binary16; from 65520 on it is infinite. */
export function bits32ToFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7c00 | ((magnitude >>> 13) & 0x3ff || 0x200)
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude >= 0x38800000) return sign | (roundShift(magnitude, 13) - (112 << 10))
  // subnormal: count in units of 2^-24; at most half a unit is 0
  if (magnitude <= 0x33000000) return sign
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - (magnitude >>> 23))
}

/** bfloat16 (the upper half of binary32) to binary32. Exact. */
export function bfloat16ToBits32(half: number): number {
  return (half << 16) >>> 0
}

/** Binary32 to bfloat16. */
export function bits32ToBfloat16(bits: number): number {
  const isNaN = (bits & 0x7fffffff) > 0x7f800000
  if (!isNaN) return roundShift(bits, 16)
  const upper = bits >>> 16
  return (upper & 0x7f) === 0 ? upper | 0x40 : upper
}

/** `value / 2^shift`, rounded to nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const odd = (value >>> shift) & 1
  return Math.floor((value + 2 ** (shift - 1) - 1 + odd) / 2 ** shift)
}
