import {
  binary,
  int,
  littleEndian,
  load,
  store,
  unary,
  vector,
  type Code,
  type I32,
  type V128,
} from './code.js'

/** The 128-bit vector instructions, by the lanes they see. */

const one = (opcode: number) => unary<'v128'>(...vector(opcode))
const two = (opcode: number) => binary<'v128'>(...vector(opcode))
const shift = (opcode: number) => (x: V128, count: I32) => [...x, ...int(count), ...vector(opcode)] as V128
const fused = (opcode: number) => (a: V128, b: V128, c: V128) => [...a, ...b, ...c, ...vector(opcode)] as V128

const loadLane = (opcode: number) => (address: I32, onto: V128, lane: number) =>
  [...int(address), ...onto, ...vector(opcode), 0, 0, lane] as V128
const storeLane =
  (opcode: number) =>
  (address: I32, value: V128, lane: number, offset = 0) =>
    [...store<'v128'>(...vector(opcode))(address, value, offset), lane] as const

export const v128 = {
  load: load<'v128'>(...vector(0)),
  load8Splat: load<'v128'>(...vector(7)),
  load32Splat: load<'v128'>(...vector(9)),
  load64Splat: load<'v128'>(...vector(10)),
  load32Zero: load<'v128'>(...vector(92)),
  load64Zero: load<'v128'>(...vector(93)),
  load8Lane: loadLane(84),
  load16Lane: loadLane(85),
  store: store<'v128'>(...vector(11)),
  store8Lane: storeLane(88),
  store16Lane: storeLane(89),
  store32Lane: storeLane(90),
  store64Lane: storeLane(91),
  const: (bytes: readonly number[]): V128 => [...vector(12), ...bytes],
  not: one(77),
  and: two(78),
  /** a and not b */
  andNot: two(79),
  or: two(80),
  xor: two(81),
  /** bits of `a` where the mask is 1, of `b` where it is 0 */
  select: (mask: V128, a: V128, b: V128) => fused(82)(a, b, mask),
  anyTrue: unary<'v128', 'i32'>(...vector(83)),
  /** bytes of a (0 to 15) and b (16 to 31) by number */
  shuffle: (a: V128, b: V128, bytes: readonly number[]): V128 => [...a, ...b, ...vector(13), ...bytes],
}

/** Words of 4 bytes of a (0 to 3) and b (4 to 7) by number. */
export function shuffleWords(a: V128, b: V128, words: readonly number[]): V128 {
  return v128.shuffle(
    a,
    b,
    words.flatMap((word) => [4 * word, 4 * word + 1, 4 * word + 2, 4 * word + 3]),
  )
}

export const zero: V128 = v128.const(new Array<number>(16).fill(0))

const words = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255]

export const i16x8 = { extendLowI8: one(137) }

export const i32x4 = {
  splat: (x: I32) => unary<'i32', 'v128'>(...vector(17))(int(x)),
  const: (value: number) => v128.const([0, 1, 2, 3].flatMap(() => words(value))),
  lanes: (values: readonly number[]) => v128.const(values.flatMap(words)),
  eq: two(55),
  ne: two(56),
  lt: two(57),
  gt: two(59),
  le: two(61),
  extendLowI16: one(169),
  abs: one(160),
  neg: one(161),
  shl: shift(171),
  shrUnsigned: shift(173),
  add: two(174),
  sub: two(177),
  mul: two(181),
  min: two(182),
  max: two(184),
  fromF32: one(248),
  /** two numbers; the upper lanes are 0 */
  fromF64: one(252),
}

export const i64x2 = {
  extendLowI32: one(199),
  const: (value: bigint) => {
    const low = Number(BigInt.asIntN(32, value))
    const high = Number(BigInt.asIntN(32, value >> 32n))
    return i32x4.lanes([low, high, low, high])
  },
  shl: shift(203),
  shrUnsigned: shift(205),
  add: two(206),
  sub: two(209),
}

/** What the lanes of both float formats can do. */
export interface Lanes {
  readonly dtype: 'float32' | 'float64'
  /** bytes of a lane, and lanes of a vector */
  readonly size: 4 | 8
  readonly count: 4 | 2
  readonly const: (value: number) => V128
  /** one number in all lanes, from memory */
  readonly loadSplat: (address: I32, offset?: number) => V128
  readonly eq: Two
  readonly ne: Two
  readonly lt: Two
  readonly gt: Two
  readonly le: Two
  readonly ge: Two
  readonly floor: One
  readonly abs: One
  readonly neg: One
  readonly sqrt: One
  readonly add: Two
  readonly sub: Two
  readonly mul: Two
  readonly div: Two
  /** NaN wins, and −0 < 0 */
  readonly min: Two
  readonly max: Two
  /** b < a ? b : a, so that a NaN on the left stays */
  readonly pmin: Two
  /** a < b ? b : a */
  readonly pmax: Two
  /** a · b + c with one rounding or two, as the processor likes (relaxed SIMD) */
  readonly relaxedMadd: (a: V128, b: V128, c: V128) => V128
  /** the same bits seen as integers */
  readonly int: Pick<typeof i64x2, 'shl' | 'shrUnsigned' | 'add' | 'sub'>
}

type One = (x: V128) => V128
type Two = (a: V128, b: V128) => V128

/** Both formats list their instructions in the same order: `compare` at eq, `round` at floor, `arithmetic` at abs. */
function lanes(compare: number, floor: number, arithmetic: number, madd: number) {
  return {
    eq: two(compare),
    ne: two(compare + 1),
    lt: two(compare + 2),
    gt: two(compare + 3),
    le: two(compare + 4),
    ge: two(compare + 5),
    floor: one(floor),
    abs: one(arithmetic),
    neg: one(arithmetic + 1),
    sqrt: one(arithmetic + 3),
    add: two(arithmetic + 4),
    sub: two(arithmetic + 5),
    mul: two(arithmetic + 6),
    div: two(arithmetic + 7),
    min: two(arithmetic + 8),
    max: two(arithmetic + 9),
    pmin: two(arithmetic + 10),
    pmax: two(arithmetic + 11),
    relaxedMadd: fused(madd),
  }
}

export const f32x4 = {
  ...lanes(65, 104, 224, 0x105),
  dtype: 'float32',
  size: 4,
  count: 4,
  const: (value: number) => v128.const([0, 1, 2, 3].flatMap(() => littleEndian(value, 32))),
  loadSplat: v128.load32Splat,
  int: i32x4,
  fromI32: one(250),
  /** two numbers; the upper lanes are 0 */
  fromF64: one(94),
} as const satisfies Lanes & Record<string, unknown>

export const f64x2 = {
  ...lanes(71, 117, 236, 0x107),
  dtype: 'float64',
  size: 8,
  count: 2,
  const: (value: number) => v128.const([0, 1].flatMap(() => littleEndian(value, 64))),
  loadSplat: v128.load64Splat,
  int: i64x2,
  extract: (x: V128, lane: number): Code<'f64'> => [...x, ...vector(33), lane],
  replace: (x: V128, lane: number, value: Code<'f64'>): V128 => [...x, ...value, ...vector(34), lane],
  /** the two lower numbers */
  fromF32: one(95),
  fromI32: one(254),
} as const satisfies Lanes & Record<string, unknown>

export function lanesOf(dtype: Lanes['dtype']): Lanes {
  return dtype === 'float32' ? f32x4 : f64x2
}
