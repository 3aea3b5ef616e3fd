import { cast, full, Tensor, type Tree } from '@tapeloop/core'

/**
 * What is trained: a model with its loss, as pure functions over records of tensors. It keeps nothing; parameters and
 * states are handed in.
 *
 * `Raw` is a batch as the data gives it (typed arrays), `Batch` the same as a record of tensors. `Carried` is what one
 * batch hands to the next: the recurrent state of truncated backpropagation through time, or `{}`.
 */
export interface Task<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree> {
  /** Fresh parameters, drawn from a key (int32 `[2]`). */
  init(key: Tensor): Params
  /** A batch as tensors. Batches of equal shapes share one compiled program. */
  batch(raw: Raw): Batch
  /** The state before the first batch: what is carried into a batch whose `fresh` is true, too. */
  start(batch: Batch): Carried
  /**
   * The loss of a batch. Called while a graph is traced, so it is written with ops.
   *
   * @param carried the state after the batch before; no gradient flows through it
   * @param key random numbers for this batch (int32 `[2]`) while training; none while evaluating
   */
  loss(params: Params, batch: Batch, carried: Carried, key?: Tensor): TaskLoss<Carried>
}

/** What a task says of one batch. */
export interface TaskLoss<Carried extends Tree> {
  /** The mean loss: a float scalar. Its gradient is what training follows. */
  readonly loss: Tensor
  /** The state after the batch, like the one before it. */
  readonly carried: Carried
  /** How many terms the mean is over, by which the batches of an evaluation are weighted; 1 unless said. */
  readonly weight?: Tensor | number
  /** Further scalars to report: means over the same terms, or over others, if it is said how many those are. */
  readonly metrics?: Readonly<Record<string, Tensor | WeightedMean>>
}

/** The mean of some terms, and how many they are: scalars. */
export type WeightedMean = { readonly mean: Tensor; readonly weight: Tensor }

/** Batches by their cursor: `Batches` of `@tapeloop/data`, or something like it that reads from elsewhere. */
export interface BatchSource<Raw> {
  /** How many batches one epoch has; `Infinity` where the data never ends. */
  readonly batchesPerEpoch: number
  /** The batch at a cursor: the same whenever it is asked for, or resuming would not be exact. */
  batch(cursor: { readonly epoch: number; readonly batch: number }): Raw | Promise<Raw>
}

/** Whether a batch begins from the starting state rather than where the batch before it ended. */
export function isFresh(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && 'fresh' in raw && raw.fresh === true
}

/** The loss of a batch and its metrics, each with the number of its terms. */
export function meansOf({ loss, weight = 1, metrics = {} }: Omit<TaskLoss<never>, 'carried'>): {
  readonly loss: WeightedMean
  readonly metrics: Readonly<Record<string, WeightedMean>>
} {
  const terms = typeof weight === 'number' ? full(weight, [], loss.dtype) : cast(weight, loss.dtype)
  const entries = Object.entries(metrics).map(([name, metric]) => [
    name,
    metric instanceof Tensor ? { mean: metric, weight: terms } : metric,
  ])
  return { loss: { mean: loss, weight: terms }, metrics: Object.fromEntries(entries) }
}
