import { compile, flatten, type Tensor } from '@tapeloop/core'
import type { States } from '@tapeloop/inspect'
import type { LaneModel, LaneParams } from '../lanes/model.js'
import { planesOf, type StatePlanes } from './planes.js'
import { batchOf, type SequenceTask } from './task.js'

/** What a network makes of the test strings after some step of its training. */
export interface SequenceObservation {
  readonly step: number
  readonly measure: number
  /** by the entries of the state; without those that have no plane */
  readonly planes: Readonly<Record<string, StatePlanes>>
  /** what it says after each time of each drawn string, `[times, outputs]`, one string after another */
  readonly said: Float32Array
}

/** Returns a function that shows a network with given parameters the test strings, compiled once. */
export function observer(
  model: LaneModel,
  { outputs, measure, strings }: SequenceTask,
  lag: number,
): (params: LaneParams, step: number) => Promise<SequenceObservation> {
  const { tests, drawn } = strings(lag)
  const time = Math.max(...tests.map(({ x }) => x.length))
  const { x } = model.batch(batchOf(tests, time))
  const probed = drawn.flatMap(({ probed }) => probed)
  const before = new Map<string, StatePlanes>()

  const look = compile(
    (params: LaneParams, x: Tensor) => {
      const { output, states } = model.layer.apply(params.recurrent, x)
      return { said: model.said(params, output), states: byPath(states) }
    },
    { name: 'sequences' },
  )

  /** The times of the drawn strings, without what is behind their ends. */
  const within = (values: Float32Array, size: number): Float32Array => {
    const parts = drawn.map(({ x }, row) =>
      values.subarray(row * time * size, (row * time + x.length) * size),
    )
    const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }

  return async (params, step) => {
    const { said, states } = look(params, x)
    const all = (await said.data()) as Float32Array
    const saidOf = tests.map((string, row) =>
      string.x.map((_, t) => all.subarray((row * time + t) * outputs, (row * time + t + 1) * outputs)),
    )
    const planes: Record<string, StatePlanes> = {}
    for (const [entry, leaf] of Object.entries(states)) {
      const units = leaf.size / tests.length / time
      const values = within((await leaf.data()) as Float32Array, units)
      // a state of one number has no plane, nor has one beyond all numbers
      if (units < 2 || !values.every(Number.isFinite)) continue
      planes[entry] = planesOf(values, units, probed, before.get(entry))
      before.set(entry, planes[entry])
    }
    return { step, measure: measure.of(tests, saidOf), planes, said: within(all, outputs) }
  }
}

/** The entries of a record by their dotted paths. */
function byPath(record: States): Record<string, Tensor> {
  const { leaves, paths } = flatten(record)
  return Object.fromEntries(paths.map((path, i) => [path, leaves[i]!]))
}
