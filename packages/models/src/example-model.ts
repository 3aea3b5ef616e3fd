import type { Tree } from '@tapeloop/core'
import { evaluate, type EvaluateOptions, type Evaluation, type Task } from '@tapeloop/train'
import { exampleBatches, type Example, type ExampleBatch, type Sequence } from './examples.js'
import { saved, type Saved } from './saved.js'

/** How a model is evaluated on examples. */
export interface ExampleEvaluationOptions extends Pick<EvaluateOptions, 'backend' | 'signal'> {
  /** examples that are read at once; 32 unless said */
  readonly batchSize?: number
}

/** What models that learn from examples have in common. As a task each can be handed to `fit` as it is. */
export interface ExampleModel<
  Params extends Tree,
  Y,
  Batch extends Tree,
  Carried extends Tree = Record<never, never>,
>
  extends Task<Params, ExampleBatch<Y>, Batch, Carried>, Saved<Params> {
  /** how many numbers its parameters are */
  readonly parameters: number
  /**
   * The mean loss on examples, and the means of what else the model measures.
   *
   * @throws where there are no examples, or one is none for this model
   */
  evaluate(
    params: Params,
    examples: readonly Example<Y>[],
    options?: ExampleEvaluationOptions,
  ): Promise<Evaluation>
}

/** A task with what follows from it alone. */
export function exampleModel<
  Params extends Tree,
  Y extends number | Sequence,
  Batch extends Tree,
  Carried extends Tree,
>(
  name: string,
  parameters: number,
  task: Task<Params, ExampleBatch<Y>, Batch, Carried>,
): ExampleModel<Params, Y, Batch, Carried> {
  return {
    ...task,
    ...saved(name, task.init),
    parameters,
    evaluate: async (params, examples, { batchSize = 32, ...options } = {}) =>
      evaluate(task, params, exampleBatches(examples, { batchSize }), options),
  }
}
