import { refuse } from './errors.js'

/** Sizes of the axes, outermost first; `[]` is a scalar. Row-major (C order) throughout. */
export type Shape = readonly number[]

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1
  for (const extent of shape) size *= extent
  return size
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis])
}

/** Elements to step over for one step along each axis. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= shape[axis]!
  }
  return strides
}

export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** Axis counted from the end when negative, as in NumPy. */
export function resolveAxis(where: string, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= rank) {
    refuse(
      where,
      rank === 0
        ? `axis ${axis} does not exist: the tensor is a scalar and has no axes`
        : `axis ${axis} does not exist: the tensor has ${rank} axes, so use ${-rank} to ${rank - 1}`,
    )
  }
  return resolved
}

/** One axis, several, or (undefined) all of them; sorted, each once. */
export function resolveAxes(
  where: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis)
  const resolved = (typeof axes === 'number' ? [axes] : axes).map((axis) => resolveAxis(where, axis, rank))
  const unique = [...new Set(resolved)].toSorted((a, b) => a - b)
  if (unique.length !== resolved.length)
    refuse(where, `axes ${JSON.stringify(axes)} name one axis twice; name each once`)
  return unique
}

/** The shape two shapes broadcast to, as in NumPy: aligned at the last axis, 1 stretches. */
export function broadcastShapes(where: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length)
  const result = new Array<number>(rank)
  for (let fromEnd = 1; fromEnd <= rank; fromEnd++) {
    const left = a[a.length - fromEnd] ?? 1
    const right = b[b.length - fromEnd] ?? 1
    if (left !== right && left !== 1 && right !== 1) {
      refuse(
        where,
        `shapes ${showShape(a)} and ${showShape(b)} do not broadcast: axis ${-fromEnd} is ${left} in the first and ` +
          `${right} in the second; make them equal, or one of them 1`,
      )
    }
    result[rank - fromEnd] = left === 1 ? right : left
  }
  return result
}

/** Every extent a non-negative integer. */
export function checkShape(where: string, shape: Shape): void {
  const bad = shape.findIndex((extent) => !Number.isInteger(extent) || extent < 0)
  if (bad >= 0)
    refuse(where, `axis ${bad} of shape ${showShape(shape)} is ${shape[bad]}; sizes are whole numbers from 0`)
}
