import { int, unsigned, type Code, type I32, type Statement, type ValueType } from './code.js'
import { functionBody, typeCode, type FunctionWriter, type Locals } from './function.js'

/** Writes one module. */
export interface ModuleWriter {
  /** The call of an imported function. */
  host(name: string, operands: readonly Code<'f64'>[]): Code<'f64'>
  /** Adds a function without result; returns how to call it. */
  function<const Types extends readonly ValueType[]>(
    parameters: Types,
    write: (f: FunctionWriter, parameters: Locals<Types>) => void,
  ): Procedure
  /** Exports the procedure as `run`. */
  run(procedure: Procedure): void
}

/** The call of a function of the module. */
export interface Procedure {
  (...operands: (Code | I32)[]): Statement
  readonly index: number
}

/** The magic bytes and the version. */
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const op = { call: 0x10 }
const kind = { function: 0, memory: 2 }

/**
 * The bytes of a module that works in the memory `env.memory`, shared between threads or not. `hosts` are the functions
 * of float64 it imports as `host.<name>`, with their number of operands.
 */
export function moduleBytes(
  { shared, hosts }: { shared: boolean; hosts: Readonly<Record<string, number>> },
  write: (m: ModuleWriter) => void,
): Uint8Array<ArrayBuffer> {
  const names = Object.keys(hosts)
  const types = names.map((name) => functionType(new Array<'f64'>(hosts[name]!).fill('f64'), ['f64']))
  const imports = names.map((name, i) => [...text('host'), ...text(name), kind.function, ...unsigned(i)])
  const functions: number[][] = []
  const bodies: number[][] = []
  const exported: number[][] = []
  const call = (index: number, operands: readonly (Code | I32)[]) => [
    ...operands.flatMap((operand) => (typeof operand === 'number' ? int(operand) : operand)),
    op.call,
    ...unsigned(index),
  ]
  write({
    host: (name, operands) => call(names.indexOf(name), operands),
    function(parameters, write) {
      const place = functions.length
      const index = names.length + place
      functions.push(unsigned(types.length))
      types.push(functionType(parameters, []))
      bodies[place] = functionBody(parameters, write)
      return Object.assign((...operands: (Code | I32)[]) => call(index, operands), { index })
    },
    run: ({ index }) => exported.push([...text('run'), kind.function, ...unsigned(index)]),
  })
  // a module must state a maximum for shared memory; 2^16 pages are 4 GiB, the most there can be
  const limits = shared ? [3, 0, ...unsigned(65536)] : [0, 0]
  const memory = [...text('env'), ...text('memory'), kind.memory, ...limits]
  return Uint8Array.from([
    ...header,
    ...section(1, types),
    ...section(2, [...imports, memory]),
    ...section(3, functions),
    ...section(7, exported),
    ...section(10, bodies),
  ])
}

function functionType(parameters: readonly ValueType[], results: readonly ValueType[]): number[] {
  const list = (types: readonly ValueType[]) => [...unsigned(types.length), ...types.map((t) => typeCode[t])]
  return [0x60, ...list(parameters), ...list(results)]
}

function section(id: number, entries: readonly number[][]): number[] {
  const content = [...unsigned(entries.length), ...entries.flat()]
  return [id, ...unsigned(content.length), ...content]
}

/** Names here are ASCII. */
function text(name: string): number[] {
  return [...unsigned(name.length), ...[...name].map((letter) => letter.charCodeAt(0))]
}
