import { i32, type V128 } from '../emit/code.js'
import type { FunctionWriter, Local } from '../emit/function.js'
import { moduleBytes, type ModuleWriter } from '../emit/module.js'
import type { Lanes } from '../emit/simd.js'

/**
 * Which instructions the code may use: `simd` is plain SIMD128; `relaxed` adds the fused multiply-add; `wide` also lays
 * code out in pairs of vectors, for engines that turn them into 256 bits.
 */
export type Level = 'simd' | 'relaxed' | 'wide'

/** What a kernel is generated for. */
interface Target {
  readonly level: Level
  /** whether the memory is shared between threads */
  readonly shared: boolean
}

/**
 * A generated function. It is called with the address of its *block*: one int32 for each parameter, in order; addresses,
 * strides and sizes in bytes or elements as the kernel says. Nothing about sizes is in the code.
 */
export interface Kernel<Name extends string = string> {
  /** kernels with equal keys have equal code */
  readonly key: string
  readonly parameters: readonly Name[]
  readonly bytes: (target: Target) => Uint8Array<ArrayBuffer>
  /** how threads can share a call; where it is not said, one does all of it and may write everywhere */
  readonly sharing?: Sharing
}

/** How a call can be cut into pieces that write different numbers, each exactly as the whole call would. */
export interface Sharing {
  /** the parameters that say where it writes */
  readonly writes: readonly string[]
  /** roughly how long a call takes on one thread, in nanoseconds */
  work(of: Words): number
  /** the ways to cut this call */
  cuts(of: Words, level: Level): readonly Cut[]
}

/** A parameter's number, where it is known before the program runs. */
export type Words = (name: string) => number

/** A way to cut a call: fewer of what one parameter counts. */
export interface Cut {
  readonly count: string
  /** pieces are multiples of this, but the last */
  readonly grain: number
  /** what one grain adds to other parameters: bytes to addresses that move on */
  readonly steps: Readonly<Record<string, number>>
}

/** What a kernel's code is written with. */
export interface Writer {
  readonly f: FunctionWriter
  readonly m: ModuleWriter
  readonly level: Level
}

/** Host functions of float64 that kernels may call, with their number of operands: `Math[name]`. */
const hostFunctions = { sin: 1, cos: 1, pow: 2, atan2: 2 } as const
export type HostFunction = keyof typeof hostFunctions

/** Describes a kernel: its parameters arrive as variables. `hosts` are the host functions it calls. */
export function kernel<Name extends string>(
  key: string,
  parameters: readonly Name[],
  write: (w: Writer, parameters: Readonly<Record<Name, Local<'i32'>>>) => void,
  { hosts = [], sharing }: { hosts?: readonly HostFunction[]; sharing?: Sharing } = {},
): Kernel<Name> {
  const imported = Object.fromEntries(hosts.map((name) => [name, hostFunctions[name]]))
  return {
    key,
    parameters,
    ...(sharing && { sharing }),
    bytes: ({ level, shared }) =>
      moduleBytes({ shared, hosts: imported }, (m) => {
        const run = m.function(['i32'], (f, [block]) => {
          const entries = parameters.map((name, i) => [name, f.let('i32', i32.load(block, 4 * i))])
          write({ f, m, level }, Object.fromEntries(entries))
        })
        m.run(run)
      }),
  }
}

/** a · b + c, fused where the level has it. */
export function madd(level: Level, lanes: Lanes, a: V128, b: V128, c: V128): V128 {
  return level === 'simd' ? lanes.add(lanes.mul(a, b), c) : lanes.relaxedMadd(a, b, c)
}
