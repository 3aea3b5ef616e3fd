import { refuse } from '../errors.js'
import { concat, sliceAxis } from '../ops/concat.js'
import { broadcastTo, permute, reshape } from '../ops/movement.js'
import { resolveAxes, resolveAxis, sameShape, showShape, sizeOf } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { checkCount, checkTensor } from './check.js'

/** x with two axes exchanged. */
export function swapAxes(x: Tensor, a: number, b: number): Tensor {
  checkTensor('swapAxes', x)
  const [first, second] = [resolveAxis('swapAxes', a, x.rank), resolveAxis('swapAxes', b, x.rank)]
  const order = x.shape.map((_, axis) => (axis === first ? second : axis === second ? first : axis))
  return permute(x, order)
}

/**
 * x without the axes named, which must have size 1; without all axes of size 1 if none are named.
 */
export function squeeze(x: Tensor, axes?: number | readonly number[]): Tensor {
  checkTensor('squeeze', x)
  const dropped =
    axes === undefined
      ? x.shape.flatMap((extent, axis) => (extent === 1 ? [axis] : []))
      : resolveAxes('squeeze', axes, x.rank)
  const wide = dropped.find((axis) => x.shape[axis] !== 1)
  if (wide !== undefined) {
    refuse(
      'squeeze',
      `axis ${wide} of ${showShape(x.shape)} has ${x.shape[wide]} entries; only axes of size 1 can be dropped`,
    )
  }
  return reshape(
    x,
    x.shape.filter((_, axis) => !dropped.includes(axis)),
  )
}

/** x with a new axis of size 1 at `axis` of the result. */
export function expandDims(x: Tensor, axis: number): Tensor {
  checkTensor('expandDims', x)
  const at = resolveAxis('expandDims', axis, x.rank + 1)
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])
}

/** x with the axes from `first` to `last`, both included, joined to one: all of them unless said. */
export function flattenAxes(x: Tensor, first = 0, last = -1): Tensor {
  checkTensor('flattenAxes', x)
  if (x.rank === 0) return reshape(x, [1])
  const [from, to] = [resolveAxis('flattenAxes', first, x.rank), resolveAxis('flattenAxes', last, x.rank)]
  if (from > to) refuse('flattenAxes', `axis ${first} comes after axis ${last}; name the first one first`)
  const joined = sizeOf(x.shape.slice(from, to + 1))
  return reshape(x, [...x.shape.slice(0, from), joined, ...x.shape.slice(to + 1)])
}

/** x laid out `repeats[i]` times along axis i; further counts in front add axes. As NumPy's tile. */
export function repeat(x: Tensor, repeats: readonly number[]): Tensor {
  checkTensor('repeat', x)
  repeats.forEach((count) => checkCount('repeat', 'a count', count, 0))
  if (repeats.length < x.rank) {
    refuse(
      'repeat',
      `${repeats.length} counts do not cover the ${x.rank} axes of ${showShape(x.shape)}; give one for each`,
    )
  }
  const shape = [...new Array<number>(repeats.length - x.rank).fill(1), ...x.shape]
  const apart = reshape(
    x,
    shape.flatMap((extent) => [1, extent]),
  )
  const copies = broadcastTo(
    apart,
    shape.flatMap((extent, axis) => [repeats[axis]!, extent]),
  )
  return reshape(
    copies,
    shape.map((extent, axis) => repeats[axis]! * extent),
  )
}

/** x with every entry of an axis `count` times in a row. */
export function repeatInterleave(x: Tensor, count: number, axis = -1): Tensor {
  checkTensor('repeatInterleave', x)
  checkCount('repeatInterleave', 'the count', count, 0)
  const along = resolveAxis('repeatInterleave', axis, x.rank)
  const [before, after] = [x.shape.slice(0, along + 1), x.shape.slice(along + 1)]
  const copies = broadcastTo(reshape(x, [...before, 1, ...after]), [...before, count, ...after])
  return reshape(copies, [...before.slice(0, -1), before[along]! * count, ...after])
}

/** Tensors of one shape side by side along a new axis of the result. */
export function stack(parts: readonly Tensor[], axis = 0): Tensor {
  const [first] = parts
  if (first === undefined) return refuse('stack', 'there are no parts; give at least one tensor')
  checkTensor('stack', first)
  parts.forEach((part, i) => {
    checkTensor('stack', part)
    if (part.dtype !== first.dtype) {
      refuse('stack', `part 0 is ${first.dtype} and part ${i} is ${part.dtype}; cast(…) one of them`)
    }
    if (!sameShape(part.shape, first.shape)) {
      refuse(
        'stack',
        `part 0 has shape ${showShape(first.shape)} and part ${i} has ${showShape(part.shape)}; make them equal, ` +
          'or join them along an axis they have with concat(…)',
      )
    }
  })
  const at = resolveAxis('stack', axis, first.rank + 1)
  return concat(
    parts.map((part) => expandDims(part, at)),
    at,
  )
}

/** The entries along an axis as tensors without it. */
export function unstack(x: Tensor, axis = 0): Tensor[] {
  checkTensor('unstack', x)
  const along = resolveAxis('unstack', axis, x.rank)
  return Array.from({ length: x.shape[along]! }, (_, i) => squeeze(sliceAxis(x, along, i, i + 1), along))
}

/** x with its entries moved on along an axis by `shift` places; what leaves one end enters at the other. */
export function roll(x: Tensor, shift: number, axis = -1): Tensor {
  checkTensor('roll', x)
  if (!Number.isInteger(shift)) refuse('roll', `the shift is ${shift}; it must be a whole number`)
  const along = resolveAxis('roll', axis, x.rank)
  const count = x.shape[along]!
  const cut = count === 0 ? 0 : ((-shift % count) + count) % count
  return cut === 0 ? x : concat([sliceAxis(x, along, cut, count), sliceAxis(x, along, 0, cut)], along)
}
