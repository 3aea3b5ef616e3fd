import type { TypedArray } from '@tapeloop/core'
import type { Kernel } from '../kernels/kernel.js'
import type { Address, Buffer, LoopMark } from './place.js'

/** What a plan does, in order. Parameters of kernels are numbers, or addresses that are not known yet. */
export type Instruction = Call | HostCall | Loop | Together

export interface Call {
  readonly kind: 'call'
  readonly kernel: Kernel
  /** one for each parameter of the kernel */
  readonly words: readonly (number | Address)[]
}

/** A reference kernel, on contiguous operands. */
export interface HostCall {
  readonly kind: 'host'
  readonly operands: readonly HostOperand[]
  readonly run: (operands: readonly TypedArray[]) => void
}

interface HostOperand {
  readonly address: Address
  readonly dtype: 'float64' | 'float32' | 'int32' | 'bool'
  readonly length: number
}

export interface Loop extends LoopMark {
  readonly kind: 'loop'
  readonly body: Instruction[]
  /** no round needs or changes what another writes */
  readonly independent?: true
}

/** Lists that may run at the same time, one on each thread. All that stands before is done, and nothing after has begun. */
interface Together {
  readonly kind: 'together'
  readonly parts: readonly (readonly Instruction[])[]
}

/** A lowered graph, before its buffers have places in memory. */
export interface Lowered {
  readonly instructions: readonly Instruction[]
  /** which buffer each input of the graph is */
  readonly inputs: readonly Buffer[]
  readonly outputs: readonly LoweredOutput[]
  /** where kernels record an index outside its axis, for each thread, and the ops they stand for, from 1 */
  readonly fault: Buffer
  readonly culprits: readonly string[]
}

/** Where an output is at the end: contiguous, in a buffer of its own or in the memory of a donated input. */
interface LoweredOutput {
  readonly address: Address
  readonly donated: number | null
}

/** Words of an instruction that are addresses. */
export function addressesOf(instruction: Call | HostCall): readonly Address[] {
  if (instruction.kind === 'host') return instruction.operands.map(({ address }) => address)
  return instruction.words.filter((word) => typeof word !== 'number')
}
