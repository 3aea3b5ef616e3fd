import {
  bodyForRows,
  independentRows,
  type Graph,
  type RowAxis,
  type RowRange,
  type Tensor,
} from '@tapeloop/core'
import { orderOf } from '@tapeloop/core'
import { attrsOf, type AttrsOf } from './graph.js'
import type { Place } from './place.js'
import type { Threads } from './scope.js'

/** A loop for some rows of its batch. */
export interface Part {
  readonly body: Graph
  /** Where those rows are of something that has an axis of rows, at `axis`; all of it, where that is null. */
  rowsOf(place: Place, axis: RowAxis): Place
  /** The axis of rows of an input of the loop's body, and of an output. */
  axisOfInput(i: number): RowAxis
  axisOfOutput(i: number): RowAxis
}

/** The parts of a loop that threads can run at the same time: one, all of it, where there is no such way or no need. */
export function partsOf(attrs: AttrsOf<'scan'>, threads: Threads): readonly Part[] {
  const { body, carries } = attrs
  const none = () => null
  const whole = { body, rowsOf: (place: Place) => place, axisOfInput: none, axisOfOutput: none }
  if (threads.count === 1 || attrs.length * workOf(body) < threads.leastWork) return [whole]
  const rows = independentRows(attrs)
  if (rows === null) return [whole]
  const axisOf = (tensor: Tensor) => rows.axes.get(tensor) ?? null
  const parts: Part[] = []
  for (const range of rangesOf(rows.count, threads.rowGrain, threads.count)) {
    const own = bodyForRows(attrs, rows, range)
    if (own === null) return [whole]
    parts.push({
      body: own,
      rowsOf: (place, axis) =>
        axis === null ? place : { ...place, offset: place.offset + range.first * place.strides[axis]! },
      axisOfInput: (i) => axisOf(body.inputs[i]!),
      axisOfOutput: (i) => axisOf(i < carries ? body.inputs[i]! : body.outputs[i]!),
    })
  }
  return parts.length > 1 ? parts : [whole]
}

/** What each thread gets of `count` rows or columns: a multiple of the grain, and the last what is left over besides. */
export function rangesOf(count: number, grain: number, threads: number): RowRange[] {
  const grains = Math.floor(count / grain)
  const parts = Math.min(threads, grains)
  return Array.from({ length: parts }, (_, n) => {
    const first = grain * Math.floor((n * grains) / parts)
    const end = n === parts - 1 ? count : grain * Math.floor(((n + 1) * grains) / parts)
    return { first, count: end - first }
  })
}

/** Roughly how many nanoseconds a round of a body takes. */
function workOf(body: Graph): number {
  let work = 0
  for (const node of orderOf(body.outputs)) {
    const [x] = node.inputs
    const [y] = node.outputs
    const product = attrsOf(node, 'matmul')
    const loop = attrsOf(node, 'scan')
    if (product) work += (y!.size * x!.shape.at(product.transposeA ? -2 : -1)!) / 16
    else if (loop) work += loop.length * workOf(loop.body)
    else if (node.op.cost !== 'free') work += (y!.size * (node.op.flops ?? 1)) / 4
  }
  return work
}
