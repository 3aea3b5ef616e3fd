/** Rules for `along`, the axis that an op keeps apart. */

type Axis = number | null

/** The one axis that all inputs agree on; those that have none are read in parts. */
export function sameAxis(axes: readonly Axis[]): Axis | false {
  const own = axes.filter((axis) => axis !== null)
  if (own.length === 0) return null
  return own.every((axis) => axis === own[0]) ? own[0]! : false
}

/** The axis where `next` says it goes; what has none stays so. */
export function movedAxis(axis: Axis, next: (axis: number) => number | false): Axis | false {
  return axis === null ? null : next(axis)
}
