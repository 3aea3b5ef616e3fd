import { refuse } from '../errors.js'
import { sliceAxis } from '../ops/concat.js'
import { resolveAxis, showShape } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkCount, checkTensor } from './check.js'

/** A tuple of `Count` tensors where the count is a literal up to 64, else an array. */
export type Tensors<Count extends number, Tuple extends Tensor[] = []> = number extends Count
  ? Tensor[]
  : Tuple['length'] extends Count
    ? Tuple
    : Tuple['length'] extends 64
      ? Tensor[]
      : Tensors<Count, [...Tuple, Tensor]>

/**
 * x cut along an axis (the last unless said): into a count of equal parts, or into parts of the given sizes.
 *
 * @throws where the count does not divide the axis, or the sizes do not add up to it
 */
export function split<const Count extends number>(x: Tensor, count: Count, axis?: number): Tensors<Count>
export function split(x: Tensor, sizes: readonly number[], axis?: number): Tensor[]
export function split(x: Tensor, parts: number | readonly number[], axis = -1): Tensor[] {
  checkTensor('split', x)
  const resolved = resolveAxis('split', axis, x.rank)
  if (typeof parts === 'number') checkCount('split', 'the count', parts, 1)
  else parts.forEach((size) => checkCount('split', 'a size', size, 0))
  const extent = x.shape[resolved]!
  if (typeof parts === 'number' && extent % parts !== 0) {
    refuse(
      'split',
      `axis ${axis} of ${showShape(x.shape)} has ${extent} entries, which ${parts} does not divide; give sizes instead`,
    )
  }
  const sizes = typeof parts === 'number' ? new Array<number>(parts).fill(extent / parts) : parts
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total !== extent) {
    refuse(
      'split',
      `the sizes ${JSON.stringify(sizes)} add up to ${total} but axis ${axis} of ${showShape(x.shape)} has ${extent}`,
    )
  }
  return cut(x, sizes, resolved)
}

/**
 * x cut along an axis (the last unless said) into at most `count` parts of one size, rounded up; the last part is what
 * is left.
 */
export function chunk(x: Tensor, count: number, axis = -1): Tensor[] {
  checkTensor('chunk', x)
  checkCount('chunk', 'the count', count, 1)
  const resolved = resolveAxis('chunk', axis, x.rank)
  const extent = x.shape[resolved]!
  const size = Math.max(1, Math.ceil(extent / count))
  const sizes = Array.from({ length: Math.ceil(extent / size) }, (_, i) => Math.min(size, extent - i * size))
  return cut(x, sizes, resolved)
}

function cut(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  let from = 0
  return sizes.map((size) => sliceAxis(x, axis, from, (from += size)))
}
