import type { Tree } from '@tapeloop/core'
import type { Batches } from '@tapeloop/data'
import { fit, truncatedBackprop, type BatchSource, type Task } from '@tapeloop/train'
import type { Learner, TestResult } from './task.js'

/** The parts of a learner that have types of their own. */
interface Parts<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree> {
  readonly model: Task<Params, Raw, Batch, Carried> & { readonly parameters: number }
  readonly train: Batches<Raw>
  /** null where nothing is for validation */
  readonly valid: Batches<Raw> | null
  /** How far apart updates are, and how far back their gradients go; see `truncatedBackprop`. */
  readonly truncation?: { readonly every: number; readonly through: number }
  /** What the model says, for people to look at while it learns. */
  sample?(params: Params, step: number): Promise<string>
  /** What it is, on data that it never saw. */
  test?(params: Params): Promise<TestResult>
}

/** What is said of a learner. */
type Description = Omit<Learner, 'fit' | 'parameters' | 'batchesPerEpoch'>

/** A learner of a model and its data. */
export function learnerOf<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree>(
  parts: Parts<Params, Raw, Batch, Carried>,
  description: Description,
): Learner {
  const { model, train, valid, truncation, test } = parts
  if (truncation !== undefined && (truncation.every > 1 || truncation.through > 1)) {
    const { task, batches } = truncatedBackprop(model, truncation)
    const both = { train: batches(train), valid: valid && batches(valid) }
    return learner({ ...task, parameters: model.parameters }, both)
  }
  return learner(model, { train, valid })

  /** The same for any form of the batches. */
  function learner<R, B extends Tree>(
    task: Task<Params, R, B, Carried> & { readonly parameters: number },
    data: { readonly train: BatchSource<R>; readonly valid: BatchSource<R> | null },
  ): Learner {
    return {
      ...description,
      parameters: task.parameters,
      batchesPerEpoch: data.train.batchesPerEpoch,
      async *fit({ validateEvery, sampleEvery, validating, earlyStopping, ...how }) {
        const events = fit(task, {
          ...how,
          data: data.train,
          ...(data.valid && {
            validation: { data: watched(data.valid, validating), every: validateEvery },
            earlyStopping,
          }),
          ...(sampleEvery !== undefined &&
            parts.sample && {
              sample: {
                every: sampleEvery,
                draw: (params: Params, step: number) => parts.sample!(params, step),
              },
            }),
        })
        for await (const event of events) {
          if (event.type === 'done') yield { ...event, test: test ? await test(event.params) : null }
          else yield event
        }
      },
    }
  }
}

/** The same batches, with word of how many were asked for. */
function watched<Batch>(
  data: BatchSource<Batch>,
  notice: ((done: number, total: number) => void) | undefined,
): BatchSource<Batch> {
  return {
    batchesPerEpoch: data.batchesPerEpoch,
    batch(cursor) {
      notice?.(cursor.batch, data.batchesPerEpoch)
      return data.batch(cursor)
    },
  }
}
