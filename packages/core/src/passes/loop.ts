import { placeholder } from '../graph.js'
import type { Spec } from '../op.js'
import { sliceOf, type ScanAttrs } from '../ops/scan.js'
import type { Tensor } from '../tensor.js'

/** What a loop takes from outside, and what stands for it in the body. */
export interface Slot {
  readonly outer: Tensor
  readonly stand: Tensor
}

/** A carry: its start, what stands for it in the body, and what the body makes of it. */
export interface Carry {
  readonly start: Tensor
  readonly stand: Tensor
  readonly next: Tensor
}

/** A loop with its inputs and outputs in their roles, ready to be rearranged. */
export interface Loop {
  readonly carries: readonly Carry[]
  readonly sequences: readonly Slot[]
  readonly constants: readonly Slot[]
  readonly stacks: readonly Tensor[]
  readonly how: Pick<ScanAttrs, 'length' | 'reverse' | 'recompute' | 'again'>
}

export function openLoop({ body, carries, sequences, ...how }: ScanAttrs, inputs: readonly Tensor[]): Loop {
  const slots = body.inputs.map((stand, i) => ({ outer: inputs[i]!, stand }))
  return {
    carries: slots.slice(0, carries).map(({ outer, stand }, i) => ({
      start: outer,
      stand,
      next: body.outputs[i]!,
    })),
    sequences: slots.slice(carries, carries + sequences),
    constants: slots.slice(carries + sequences),
    stacks: body.outputs.slice(carries),
    how,
  }
}

/** The loop's attributes and inputs. */
export function partsOf({ carries, sequences, constants, stacks, how }: Loop): {
  attrs: ScanAttrs
  inputs: readonly Tensor[]
} {
  const body = {
    inputs: [...carries, ...sequences, ...constants].map(({ stand }) => stand),
    outputs: [...carries.map(({ next }) => next), ...stacks],
  }
  const attrs = { body, carries: carries.length, sequences: sequences.length, ...how }
  return {
    attrs,
    inputs: [...carries.map(({ start }) => start), ...[...sequences, ...constants].map(({ outer }) => outer)],
  }
}

/** A placeholder for a value of a body. */
export function standFor(spec: Spec): Tensor {
  return placeholder(spec, 'loop value', 1)
}

/** A placeholder for one time step of a sequence. */
export function standForSlice(sequence: Spec): Tensor {
  return standFor(sliceOf(sequence))
}
