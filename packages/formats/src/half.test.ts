import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bfloat16ToBits32, bits32ToBfloat16, bits32ToFloat16, float16ToBits32 } from './half.js'

const all = Array.from({ length: 2 ** 16 }, (_, half) => half)
const toNumber = (bits: number) => new Float32Array(Uint32Array.of(bits).buffer)[0]!
const toBits = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0]!

/** The value of a half by the definition of the format, with ordinary arithmetic. */
function definition(half: number, exponentBits: number, fractionBits: number): number {
  const sign = half >= 2 ** 15 ? -1 : 1
  const exponent = Math.floor(half / 2 ** fractionBits) % 2 ** exponentBits
  const fraction = (half % 2 ** fractionBits) / 2 ** fractionBits
  const bias = 2 ** (exponentBits - 1) - 1
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias)
}

const formats = [
  { name: 'float16', widen: float16ToBits32, narrow: bits32ToFloat16, exponentBits: 5, infinity: 0x7c00 },
  { name: 'bfloat16', widen: bfloat16ToBits32, narrow: bits32ToBfloat16, exponentBits: 8, infinity: 0x7f80 },
]

test.each(formats)('every $name has the value of its definition', ({ widen, exponentBits }) => {
  const wrong = all.filter(
    (half) => !Object.is(toNumber(widen(half)), definition(half, exponentBits, 15 - exponentBits)),
  )
  expect(wrong).toEqual([])
})

test.each(formats)('every $name comes back bit for bit, NaNs too', ({ widen, narrow }) => {
  expect(all.filter((half) => narrow(widen(half)) !== half)).toEqual([])
})

const anyFloat = fc.oneof(
  fc.float({ noNaN: true }),
  fc.float({ noNaN: true, min: -70_000, max: 70_000 }),
  fc.float({ noNaN: true, min: Math.fround(-1e-4), max: Math.fround(1e-4) }),
)

test.each(formats)('$name rounds to nearest, ties to even', ({ widen, narrow, infinity }) => {
  /** Beyond the largest finite number the next one would be here: what is nearer to it is infinite. */
  const valueOf = (magnitude: number) =>
    magnitude < infinity
      ? toNumber(widen(magnitude))
      : 2 * toNumber(widen(infinity - 1)) - toNumber(widen(infinity - 2))
  const check = (value: number) => {
    const half = narrow(toBits(value))
    expect(half >= 0x8000).toBe(Object.is(Math.sign(value), -1) || Object.is(value, -0))
    const magnitude = half & 0x7fff
    if (Math.abs(value) === Infinity) return magnitude === infinity
    const distance = (other: number) => Math.abs(Math.abs(value) - valueOf(other))
    const neighbours = [magnitude - 1, magnitude + 1].filter((other) => other >= 0 && other <= infinity)
    return neighbours.every(
      (other) =>
        distance(magnitude) < distance(other) ||
        (distance(magnitude) === distance(other) && magnitude % 2 === 0),
    )
  }
  fc.assert(fc.property(anyFloat, check), { numRuns: 2000 })
  // exact ties between neighbours, which random numbers rarely are
  fc.assert(
    fc.property(fc.integer({ min: 0, max: infinity - 2 }), (half) =>
      check(Math.fround((valueOf(half) + valueOf(half + 1)) / 2)),
    ),
  )
})

test.each(formats)('a NaN whose payload does not fit stays a NaN in $name', ({ widen, narrow }) => {
  expect(toNumber(widen(narrow(0x7f800001)))).toBeNaN()
  expect(toNumber(widen(narrow(0xff800001)))).toBeNaN()
})
