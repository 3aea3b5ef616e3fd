import type { TypedArray } from '../dtype.js'
import type { Spec } from '../op.js'

/** Axes longer than this are shown by their first and last `shown / 2` entries. */
const shown = 8

/** `tensor float32 [2, 2] [[1, 2], [3, 4]]`; without numbers, dtype and shape alone. */
export function showTensor({ shape, dtype }: Spec, numbers: TypedArray | null): string {
  const head = `tensor ${dtype} [${shape.join(', ')}]`
  return numbers === null
    ? head
    : `${head} ${showAxis(numbers, shape, 0, 0, numbers.length, dtype === 'bool')}`
}

function showAxis(
  numbers: TypedArray,
  shape: readonly number[],
  axis: number,
  from: number,
  length: number,
  isBool: boolean,
): string {
  if (axis === shape.length) return isBool ? String(numbers[from] !== 0) : showNumber(numbers[from]!)
  const extent = shape[axis]!
  const step = extent === 0 ? 0 : length / extent
  const entries: string[] = []
  for (let i = 0; i < extent; i++) {
    if (extent > shown && i === shown / 2) {
      entries.push('…')
      i = extent - shown / 2
    }
    entries.push(showAxis(numbers, shape, axis + 1, from + i * step, step, isBool))
  }
  const isRow = axis === shape.length - 1
  return isRow ? `[${entries.join(', ')}]` : `[${entries.join(`,\n${' '.repeat(axis + 1)}`)}]`
}

function showNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
}
