import type { SubjectOf } from '../lanes/lanes.js'
import { laneModel } from '../lanes/model.js'
import { registry } from '../registry.js'
import { observer, type SequenceObservation } from './observe.js'
import { sequenceTasks } from './tasks.js'

/** What a lane of the sequence tasks trains; all that is known before follows from its setup. */
export const sequenceSubject: SubjectOf<null, SequenceObservation> = async (
  { task: name, units, start, batchSize, seed },
  { cell, lag },
) => {
  const task = sequenceTasks[name]!
  const model = laneModel(task, { cell: registry[cell]!, units, start })
  return {
    model,
    data: task.batches({ lag, batchSize, seed }),
    facts: null,
    observe: observer(model, task, lag),
  }
}
