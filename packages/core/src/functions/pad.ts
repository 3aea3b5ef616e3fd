import { refuse } from '../errors.js'
import { concat, sliceAxis } from '../ops/concat.js'
import { padOp } from '../ops/movement.js'
import { flip } from '../ops/reduce.js'
import { showShape } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { checkCount, checkTensor } from './check.js'
import { repeatInterleave } from './shape.js'

/** How many entries to add before and after an axis. */
export type Margins = readonly [before: number, after: number]

/** What padding is made of. */
export interface PadOptions {
  /** what the new entries are; 0 unless said, and only in mode `constant` */
  readonly value?: number
  /**
   * `constant` adds a value, `reflect` mirrors at the edge entry without repeating it, `replicate` repeats it,
   * `circular` goes on at the other end
   */
  readonly mode?: 'constant' | 'reflect' | 'replicate' | 'circular'
}

/**
 * x with entries added around each axis; `margins` has one pair for each axis.
 *
 * @throws where a margin is longer than what it mirrors or takes from the other end
 */
export function pad(
  x: Tensor,
  margins: readonly Margins[],
  { value = 0, mode = 'constant' }: PadOptions = {},
): Tensor {
  checkTensor('pad', x)
  if (margins.length !== x.rank) {
    refuse(
      'pad',
      `${margins.length} pairs of margins do not match the ${x.rank} axes of ${showShape(x.shape)}; give one for each`,
    )
  }
  margins.flat().forEach((margin) => checkCount('pad', 'a margin', margin, 0))
  if (mode === 'constant') {
    return margins.flat().every((margin) => margin === 0)
      ? x
      : apply1(padOp, [x], {
          low: margins.map(([before]) => before),
          high: margins.map(([, after]) => after),
          interior: margins.map(() => 0),
          value,
        })
  }
  return margins.reduce((padded, pair, axis) => extend(padded, axis, pair, mode), x)
}

function extend(
  x: Tensor,
  axis: number,
  [before, after]: Margins,
  mode: 'reflect' | 'replicate' | 'circular',
): Tensor {
  const count = x.shape[axis]!
  const longest = { reflect: count - 1, replicate: count === 0 ? 0 : Infinity, circular: count }[mode]
  const margin = Math.max(before, after)
  if (margin > longest) {
    refuse(
      'pad',
      `a margin of ${margin} is more than mode ${mode} finds along axis ${axis} of ${showShape(x.shape)}; ` +
        `use at most ${Math.max(0, longest)}`,
    )
  }
  const part = (from: number, to: number) => sliceAxis(x, axis, from, to)
  const [head, tail] = {
    reflect: () => [flip(part(1, 1 + before), axis), flip(part(count - 1 - after, count - 1), axis)],
    replicate: () => [
      repeatInterleave(part(0, 1), before, axis),
      repeatInterleave(part(count - 1, count), after, axis),
    ],
    circular: () => [part(count - before, count), part(0, after)],
  }[mode]()
  const parts = [before > 0 ? head! : null, x, after > 0 ? tail! : null]
  return concat(
    parts.filter((piece) => piece !== null),
    axis,
  )
}
