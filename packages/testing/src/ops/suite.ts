import { apply, type Op, type Tensor } from '@tapeloop/core'
import type { Draw } from '../draw.js'

/** One application of an op to random inputs in its domain, away from its kinks. */
export interface OpSample {
  readonly args: readonly Tensor[]
  /** what a counterexample shows of the application besides its inputs */
  readonly attrs: object
  readonly f: (...args: Tensor[]) => readonly Tensor[]
}

/** A call that must be refused, and what the refusal says to the user. */
export interface Refusal {
  call(): unknown
  readonly says: string
}

/** What the conformance suite cannot read from the record of an op. */
export interface OpSuite {
  sample(draw: Draw): OpSample
  readonly refused: readonly Refusal[]
  /** the public function of an elementwise op, which broadcasts */
  readonly broadcasting?: (...operands: Tensor[]) => Tensor
  /** equal operands stand on a kink */
  readonly kinkWhenEqual?: true
  /** its derivative is zero by definition, whatever differences say */
  readonly stops?: true
}

/** A sample that applies the op itself. */
export function sampleOf<Attrs extends object>(
  op: Op<Attrs>,
  args: readonly Tensor[],
  attrs: Attrs,
): OpSample {
  return { args, attrs, f: (...inputs) => apply(op, inputs, attrs) }
}

/** For `refused`: what a caller without types could pass. */
export function untyped<T>(value: unknown): T {
  return value as T
}
