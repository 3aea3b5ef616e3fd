/**
 * WebAssembly instructions as functions from operands to bytes (WebAssembly core specification 2.0, section 5.4, and the
 * relaxed SIMD proposal). Operands stand before the opcode, as on the stack machine.
 */

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128'

/** Code that leaves one value of type T on the stack. `leaves` exists for the type checker only. */
export type Code<T extends ValueType = ValueType> = readonly number[] & { readonly leaves?: T }

/** Code that leaves nothing. */
export type Statement = readonly number[] & { readonly leaves?: 'nothing' }

/** An i32 operand; a number stands for a constant. */
export type I32 = Code<'i32'> | number
export type V128 = Code<'v128'>

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    bytes.push(rest > 0 ? low + 128 : low)
  } while (rest > 0)
  return bytes
}

/** Signed LEB128 of a 32-bit integer. */
function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value | 0
  for (;;) {
    const low = rest & 127
    rest >>= 7
    if ((rest === 0 && low < 64) || (rest === -1 && low >= 64)) return [...bytes, low]
    bytes.push(low + 128)
  }
}

/** The bytes of a number in memory, little endian. */
export function littleEndian(value: number, bits: 32 | 64): number[] {
  const view = new DataView(new ArrayBuffer(8))
  if (bits === 32) view.setFloat32(0, value, true)
  else view.setFloat64(0, value, true)
  return [...new Uint8Array(view.buffer, 0, bits / 8)]
}

/** A number as i32 code. */
export function int(value: I32): Code<'i32'> {
  return typeof value === 'number' ? [0x41, ...signed(value)] : value
}

const vectorPrefix = 0xfd

/** The bytes of a vector opcode. */
export function vector(opcode: number): readonly number[] {
  return [vectorPrefix, ...unsigned(opcode)]
}

export function unary<A extends ValueType, R extends ValueType = A>(...opcode: readonly number[]) {
  return (x: Code<A>): Code<R> => [...x, ...opcode]
}

export function binary<A extends ValueType, R extends ValueType = A>(...opcode: readonly number[]) {
  return (a: Code<A>, b: Code<A>): Code<R> => [...a, ...b, ...opcode]
}

/** Loads and stores carry an alignment hint of one byte, which is always true and costs nothing. */
export function load<R extends ValueType>(...opcode: readonly number[]) {
  return (address: I32, offset = 0): Code<R> => [...int(address), ...opcode, 0, ...unsigned(offset)]
}

export function store<A extends ValueType>(...opcode: readonly number[]) {
  return (address: I32, value: Code<A>, offset = 0): Statement => [
    ...int(address),
    ...value,
    ...opcode,
    0,
    ...unsigned(offset),
  ]
}

const intBinary = (opcode: number) => (a: I32, b: I32) => [...int(a), ...int(b), opcode] as Code<'i32'>

export const i32 = {
  load: load<'i32'>(0x28),
  load8: load<'i32'>(0x2d),
  store: (address: I32, value: I32, offset = 0) => store<'i32'>(0x36)(address, int(value), offset),
  store8: store<'i32'>(0x3a),
  eqz: unary<'i32'>(0x45),
  lt: intBinary(0x48),
  gt: intBinary(0x4a),
  ge: intBinary(0x4e),
  geUnsigned: intBinary(0x4f),
  add: intBinary(0x6a),
  sub: intBinary(0x6b),
  mul: intBinary(0x6c),
  and: intBinary(0x71),
  or: intBinary(0x72),
  shl: intBinary(0x74),
  shr: intBinary(0x75),
}

/** `a` where the condition is not 0, else `b`. */
export function choose<T extends ValueType>(condition: I32, a: Code<T>, b: Code<T>): Code<T> {
  return [...a, ...b, ...int(condition), 0x1b]
}
