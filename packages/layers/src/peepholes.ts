import type { Tensor } from '@tapeloop/core'
import { zerosInit, type Initializer } from './initializer.js'

/** The option by which the gates of a cell see it. */
export const peepholeOption = {
  peepholes: { type: 'boolean', default: true, doc: 'let the gates see the cell' },
} as const

/** One weight a unit from the cell to each gate named, 0 at first. */
export function peepholeWeights<Gate extends string>(
  gates: readonly Gate[],
  size: number,
): Readonly<Record<Gate, Initializer>> {
  return Object.fromEntries(gates.map((gate) => [gate, zerosInit([size])])) as Record<Gate, Initializer>
}

/** z + p ⊙ c: what a gate sums, and what it sees of the cell `[batch, size]`; z alone without a peephole. */
export function peek(z: Tensor, peephole: Tensor | undefined, c: Tensor): Tensor {
  return peephole === undefined ? z : z.add(peephole.mul(c))
}
