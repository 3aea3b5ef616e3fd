import { refuse } from '../errors.js'
import { sliceAxis } from '../ops/concat.js'
import { resolveAxis, showShape } from '../shape.js'
import type { Tensor } from '../tensor.js'

/** A tuple of `Count` tensors where the count is a literal, else an array. */
export type Tensors<Count extends number, Tuple extends Tensor[] = []> = number extends Count
  ? Tensor[]
  : Tuple['length'] extends Count
    ? Tuple
    : Tensors<Count, [...Tuple, Tensor]>

/**
 * x cut along an axis (the last unless said): into a count of equal parts, or into parts of the given sizes.
 *
 * @throws where the count does not divide the axis, or the sizes do not add up to it
 */
export function split<const Count extends number>(x: Tensor, count: Count, axis?: number): Tensors<Count>
export function split(x: Tensor, sizes: readonly number[], axis?: number): Tensor[]
export function split(x: Tensor, parts: number | readonly number[], axis = -1): Tensor[] {
  const resolved = resolveAxis('split', axis, x.rank)
  const extent = x.shape[resolved]!
  if (typeof parts === 'number' && extent % parts !== 0) {
    refuse('split', `axis ${axis} of ${showShape(x.shape)} has ${extent} entries, which ${parts} does not divide; give sizes instead`)
  }
  const sizes = typeof parts === 'number' ? new Array<number>(parts).fill(extent / parts) : parts
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total !== extent) {
    refuse('split', `the sizes ${JSON.stringify(sizes)} add up to ${total} but axis ${axis} of ${showShape(x.shape)} has ${extent}`)
  }
  let from = 0
  return sizes.map((size) => sliceAxis(x, resolved, from, (from += size)))
}
