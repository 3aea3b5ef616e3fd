import { flatten, vjp, type Tensor, type Tree } from '@tapeloop/core'
import { checkClose } from '../closeness.js'
import { randomRecord, type LayerData, type LayerResult } from './sample.js'

/** What a layer does with its parameters, first state and input. */
export type LayerFunction = (data: LayerData) => LayerResult

/** All tensors of a record. */
export function leavesOf(record: Tree): readonly Tensor[] {
  return flatten(record).leaves
}

/** Outputs and last state, and the gradients of a random weighted sum of both. */
export function examine(
  f: LayerFunction,
  data: LayerData,
): { readonly result: LayerResult; readonly gradient: LayerData } {
  const { value, pullback } = vjp(f, data)
  const [gradient] = pullback(randomRecord(value, 1))
  return { result: value, gradient }
}

/**
 * Refuses two functions that differ, in outputs, in the last state, or in any gradient.
 *
 * @param tolerance 0 for equal bits; 1e-12 unless said, where sums may be taken in another order
 */
export function checkSame(
  what: string,
  actual: LayerFunction,
  expected: LayerFunction,
  data: LayerData,
  tolerance = 1e-12,
): void {
  const [a, b] = [examine(actual, data), examine(expected, data)]
  checkClose(what, leavesOf(a.result), leavesOf(b.result), tolerance)
  for (const part of ['params', 'state', 'x'] as const) {
    const [mine, other] = [a.gradient[part], b.gradient[part]]
    checkClose(`${what}, gradient of ${part}`, leavesOf(mine), leavesOf(other), tolerance)
  }
}
