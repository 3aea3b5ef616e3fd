import {
  abs,
  add,
  cast,
  clip,
  div,
  flatten,
  full,
  mapTree,
  max,
  maximum,
  minimum,
  mul,
  pow,
  refuse,
  sqrt,
  sum,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { checkNumber } from './check.js'

/** Which norm is meant. */
export interface NormOptions {
  /** The p of the p-norm, above 0; `Infinity` takes the largest absolute value. 2 unless said. */
  readonly order?: number
}

/** The norm of all tensors of a record together, as one long vector: a scalar of the first tensor's dtype. */
export function globalNorm(record: Tree, { order = 2 }: NormOptions = {}): Tensor {
  if (!(order > 0)) refuse('globalNorm', `order is ${order}; it must be above 0, or Infinity`)
  const { leaves } = flatten(record, 'globalNorm', '')
  const dtype = leaves[0]?.dtype ?? 'float32'
  const parts = leaves.filter(({ size }) => size > 0).map((leaf) => cast(partOf(leaf, order), dtype))
  const total = parts.reduce(order === Infinity ? maximum : add, full(0, [], dtype))
  if (order === Infinity || order === 1) return total
  return order === 2 ? sqrt(total) : pow(total, 1 / order)
}

/** What one tensor adds to the norm, before the root. */
function partOf(leaf: Tensor, order: number): Tensor {
  if (order === Infinity) return max(abs(leaf))
  if (order === 2) return sum(mul(leaf, leaf))
  return sum(order === 1 ? abs(leaf) : pow(abs(leaf), order))
}

/**
 * Scales all gradients by one number, `min(1, max / (norm + 1e-6))`, so that their common norm is at most `max`
 * (Pascanu, Mikolov & Bengio 2013; the coefficient is PyTorch's).
 *
 * @returns the gradients, and the norm that they had before
 */
export function clipByGlobalNorm<Gradients extends Tree>(
  gradients: Gradients,
  largest: number,
  options: NormOptions = {},
): { readonly gradients: Gradients; readonly norm: Tensor } {
  checkNumber('clipByGlobalNorm', 'the largest norm', largest, { minimum: 0 })
  const norm = globalNorm(gradients, options)
  const coefficient = minimum(div(largest, add(norm, 1e-6)), 1)
  return { gradients: mapTree(gradients, (leaf) => leaf.mul(cast(coefficient, leaf.dtype))), norm }
}

/** Moves every element of the gradients into `[-largest, largest]`. */
export function clipByValue<Gradients extends Tree>(gradients: Gradients, largest: number): Gradients {
  checkNumber('clipByValue', 'the largest value', largest, { minimum: 0 })
  return mapTree(gradients, (leaf) => clip(leaf, -largest, largest))
}

/**
 * Scales each tensor of the gradients by itself, by `min(1, largest / (norm + 1e-6))`, so that no norm is above
 * `largest`: `clipByGlobalNorm` for every parameter alone.
 */
export function clipByNorm<Gradients extends Tree>(
  gradients: Gradients,
  largest: number,
  options: NormOptions = {},
): Gradients {
  checkNumber('clipByNorm', 'the largest norm', largest, { minimum: 0 })
  return mapTree(gradients, (leaf) => clipByGlobalNorm(leaf, largest, options).gradients)
}
