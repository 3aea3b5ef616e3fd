import { primitives } from '../ops/index.js'
import type { Shape } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { literalOf, madeBy } from './build.js'

/** Axes along which every one of the tensors (of one shape) repeats itself; none if all are literals. */
export function stretchedAxes(tensors: readonly Tensor[]): readonly number[] {
  let shared: readonly number[] | null = null
  for (const x of tensors) {
    if (literalOf(x) !== null) continue
    const from = madeBy(x, primitives.broadcast)?.inputs[0]!.shape
    if (from === undefined) return []
    const axes = x.shape.flatMap((extent, axis) => (extent !== from[axis] ? [axis] : []))
    shared = shared === null ? axes : shared.filter((axis) => axes.includes(axis))
  }
  return shared ?? []
}

/** Whether a reshape from one shape to another only adds or drops axes of extent 1. */
export function differsByUnits(from: Shape, to: Shape): boolean {
  const [a, b] = [from.filter((extent) => extent !== 1), to.filter((extent) => extent !== 1)]
  return a.length === b.length && a.every((extent, i) => extent === b[i])
}

/** For each axis of `to` the axis of `from` it continues, or null for one of extent 1. `differsByUnits` holds. */
export function axesAcross(from: Shape, to: Shape): readonly (number | null)[] {
  let next = 0
  return to.map((extent) => {
    if (extent === 1) return null
    while (from[next] === 1) next++
    return next++
  })
}
