import type { SubjectOf } from '../lanes/lanes.js'
import { laneModel } from '../lanes/model.js'
import { registry } from '../registry.js'
import { observer, type Observation } from './observe.js'
import { labTasks } from './tasks.js'

/** What is known of a lane of the lab from its start. */
export interface LabFacts {
  /** time steps of a sequence */
  readonly time: number
  /** which input is largest at each time of the sequences that are looked into: `[rows, time]` */
  readonly inputs: Uint8Array
}

/** Sequences that networks are looked into with; no training is on them. */
const probeSeed = 2 ** 31
const probeRows = 16

/** What a lane of the lab trains. */
export const labSubject: SubjectOf<LabFacts, Observation> = async (
  { task: name, units, start, batchSize, seed },
  { cell, lag },
) => {
  const task = labTasks[name]!
  const model = laneModel(task, { cell: registry[cell]!, units, start })
  const probe = await task
    .batches({ lag, batchSize: probeRows, seed: probeSeed })
    .batch({ epoch: 0, batch: 0 })
  return {
    model,
    data: task.batches({ lag, batchSize, seed }),
    facts: { time: probe.shape[1], inputs: largestInputs(probe.x, task.inputs.length) },
    observe: observer(model, probe),
  }
}

function largestInputs(x: Float32Array, size: number): Uint8Array {
  return Uint8Array.from({ length: x.length / size }, (_, place) => {
    const values = x.subarray(place * size, (place + 1) * size)
    return values.indexOf(Math.max(...values))
  })
}
