import { i32, int, unsigned, type Code, type I32, type Statement, type ValueType } from './code.js'

export const typeCode: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b }

/** A variable of the function: as code it reads the variable. */
export type Local<T extends ValueType = ValueType> = Code<T> & { readonly index: number }

/** Variables for a list of types. */
export type Locals<Types extends readonly ValueType[]> = { [K in keyof Types]: Local<Types[K]> }

/** Writes the body of one function, statement by statement. */
export interface FunctionWriter {
  /** A new variable, 0 until set. */
  local<T extends ValueType>(type: T): Local<T>
  /** A new variable with a value. */
  let<T extends ValueType>(type: T, value: Code<T>): Local<T>
  set<T extends ValueType>(local: Local<T>, value: Code<T>): void
  /** local += value */
  advance(local: Local<'i32'>, value: I32): void
  do(statement: Statement): void
  /** A variable set before everything else in the function, one for equal code. */
  constant<T extends ValueType>(type: T, code: Code<T>): Local<T>
  if(condition: I32, then: () => void, otherwise?: () => void): void
  /** Repeats the body as long as the condition holds before it. */
  while(condition: Code<'i32'>, body: () => void): void
  /** Repeats the body with `counter` from where it stands, in steps, while it is below the limit. */
  until(counter: Local<'i32'>, limit: I32, step: number, body: () => void): void
  /** Repeats the body for 0, step, 2 · step, … below the limit. */
  count(limit: I32, step: number, body: (counter: Local<'i32'>) => void): void
}

const op = { end: 0x0b, if: 0x04, else: 0x05, loop: 0x03, branchIf: 0x0d, localSet: 0x21, localGet: 0x20 }
const noResult = 0x40

/** The code of a function whose body `write` writes, as it stands in the code section. */
export function functionBody<const Types extends readonly ValueType[]>(
  parameters: Types,
  write: (f: FunctionWriter, parameters: Locals<Types>) => void,
): number[] {
  const types: ValueType[] = [...parameters]
  const opening: number[] = []
  const body: number[] = []
  const constants = new Map<string, Local>()
  const emit = (code: readonly number[]) => {
    for (const byte of code) body.push(byte)
  }
  const variable = <T extends ValueType>(index: number): Local<T> =>
    Object.assign([op.localGet, ...unsigned(index)], { index })
  const f: FunctionWriter = {
    local: (type) => variable(types.push(type) - 1),
    let(type, value) {
      const local = f.local(type)
      f.set(local, value)
      return local
    },
    set: (local, value) => emit([...value, op.localSet, ...unsigned(local.index)]),
    advance: (local, value) => f.set(local, i32.add(local, value)),
    do: emit,
    constant(type, code) {
      const key = code.join()
      const known = constants.get(key)
      if (known) return known as Local<typeof type>
      const local = f.local(type)
      opening.push(...code, op.localSet, ...unsigned(local.index))
      constants.set(key, local)
      return local
    },
    if(condition, then, otherwise) {
      emit([...int(condition), op.if, noResult])
      then()
      if (otherwise) {
        emit([op.else])
        otherwise()
      }
      emit([op.end])
    },
    while(condition, body) {
      // tested at the end of each round, so that a hot loop has one branch
      f.if(condition, () => {
        emit([op.loop, noResult])
        body()
        emit([...condition, op.branchIf, 0, op.end])
      })
    },
    until(counter, limit, step, body) {
      f.while(i32.lt(counter, limit), () => {
        body()
        f.advance(counter, step)
      })
    },
    count(limit, step, body) {
      const counter = f.let('i32', int(0))
      f.until(counter, limit, step, () => body(counter))
    },
  }
  write(f, parameters.map((_, index) => variable(index)) as Locals<Types>)
  const declared = types.slice(parameters.length).flatMap((type) => [1, typeCode[type]])
  const code = [...unsigned(types.length - parameters.length), ...declared, ...opening, ...body, op.end]
  return [...unsigned(code.length), ...code]
}
