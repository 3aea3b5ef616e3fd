import { refuse } from '../errors.js'
import { flip } from '../ops/reduce.js'
import { sliceOp, reshape } from '../ops/movement.js'
import { sameShape, showShape } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { checkTensor } from './check.js'

/**
 * What to keep of an axis: an index (the axis is dropped), `[start, stop, step]` as in NumPy with any end left out or
 * null, or null for all of it.
 */
export type AxisRange =
  | number
  | null
  | readonly [start?: number | null, stop?: number | null, step?: number | null]

/**
 * NumPy's basic indexing: one range for each leading axis, the others whole. Negative places count from the end, a
 * negative step goes backwards, bounds beyond the axis are cut off. `slice(x, [[1, 3], null, [null, null, 2]])` is
 * x[1:3, :, ::2], and `slice(x, [null, -1])` is x[:, -1].
 *
 * @throws where an index is outside its axis, or there are more ranges than axes
 */
export function slice(x: Tensor, ranges: readonly AxisRange[]): Tensor {
  checkTensor('slice', x)
  if (ranges.length > x.rank) {
    refuse(
      'slice',
      `${ranges.length} ranges do not fit the ${x.rank} axes of ${showShape(x.shape)}; give at most one an axis`,
    )
  }
  const bounds = x.shape.map((extent, axis) => boundsOf(ranges[axis] ?? null, extent, axis))
  const backwards = bounds.flatMap(({ isReversed }, axis) => (isReversed ? [axis] : []))
  const turned = backwards.length === 0 ? x : flip(x, backwards)
  const part = apply1(sliceOp, [turned], {
    start: bounds.map(({ start }) => start),
    stop: bounds.map(({ stop }) => stop),
    step: bounds.map(({ step }) => step),
  })
  const kept = part.shape.filter((_, axis) => typeof ranges[axis] !== 'number')
  return reshape(sameShape(part.shape, turned.shape) ? turned : part, kept)
}

interface Bounds {
  readonly start: number
  readonly stop: number
  readonly step: number
  /** the bounds count from the end of the axis, which is turned around first */
  readonly isReversed: boolean
}

function boundsOf(range: AxisRange, extent: number, axis: number): Bounds {
  if (typeof range === 'number') {
    const index = range < 0 ? range + extent : range
    if (!Number.isInteger(range) || index < 0 || index >= extent) {
      refuse(
        'slice',
        `index ${range} is outside axis ${axis} of size ${extent}; use ${-extent} to ${extent - 1}`,
      )
    }
    return { start: index, stop: index + 1, step: 1, isReversed: false }
  }
  const [start = null, stop = null, step = null] = range ?? []
  const stride = step ?? 1
  for (const value of [start ?? 0, stop ?? 0, stride]) {
    if (!Number.isInteger(value)) refuse('slice', `${value} on axis ${axis} is not a whole number`)
  }
  if (stride === 0) refuse('slice', `the step of axis ${axis} is 0; use a positive or a negative one`)
  const isReversed = stride < 0
  // turned around, place p is place extent − 1 − p
  const place = (value: number) => {
    const fromStart = value < 0 ? value + extent : value
    return Math.min(extent, Math.max(0, isReversed ? extent - 1 - fromStart : fromStart))
  }
  const from = start === null ? 0 : place(start)
  const to = stop === null ? extent : place(stop)
  return { start: from, stop: Math.max(from, to), step: Math.abs(stride), isReversed }
}
