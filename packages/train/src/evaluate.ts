import { compile, refuse, type Backend, type Tree } from '@tapeloop/core'
import { checkWhole } from './check.js'
import { breather } from './pause.js'
import { isFresh, meansOf, type BatchSource, type Task } from './task.js'

/** Means over all terms of all batches. */
export interface Evaluation {
  readonly loss: number
  /** How many terms the loss is the mean of. */
  readonly weight: number
  readonly metrics: Readonly<Record<string, number>>
}

/** How an evaluation is run. */
export interface EvaluateOptions {
  /** The default backend unless given. */
  readonly backend?: Backend
  /** How many batches, from the first on; a whole epoch unless said, and needed where the data never ends. */
  readonly batches?: number
  /** Stops the evaluation: its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * The loss of a task on data, without randomness: a mean over all terms (a batch counts by its `weight`), with the state
 * carried from batch to batch except into fresh ones.
 *
 * @throws where the data never ends and `batches` does not say where to stop
 */
export function evaluate<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree>(
  task: Task<Params, Raw, Batch, Carried>,
  params: Params,
  data: BatchSource<Raw>,
  { backend, ...options }: EvaluateOptions = {},
): Promise<Evaluation> {
  return evaluator(task, backend === undefined ? {} : { backend })(params, data, options)
}

/** `evaluate` for one task again and again: what is compiled is kept. */
export function evaluator<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree>(
  task: Task<Params, Raw, Batch, Carried>,
  { backend }: Pick<EvaluateOptions, 'backend'> = {},
): (
  params: Params,
  data: BatchSource<Raw>,
  options?: Pick<EvaluateOptions, 'batches' | 'signal'>,
) => Promise<Evaluation> {
  const measure = compile(
    (params: Params, batch: Batch, carried: Carried) => {
      const { carried: after, ...terms } = task.loss(params, batch, carried)
      return { ...meansOf(terms), carried: after }
    },
    { name: 'evaluate', ...(backend === undefined ? {} : { backend }) },
  )
  return async (params, data, { batches = data.batchesPerEpoch, signal } = {}) => {
    if (batches === Infinity)
      refuse('evaluate', 'the data never ends; say with `batches` how many batches to use')
    checkWhole('evaluate', 'batches', batches, 1)
    const breathe = breather()
    const sums: Record<string, { total: number; weight: number }> = {}
    let carried: Carried | null = null
    for (let i = 0; i < batches; i++) {
      signal?.throwIfAborted()
      const { batchesPerEpoch } = data
      const cursor = { epoch: Math.floor(i / batchesPerEpoch), batch: i % batchesPerEpoch }
      const raw = await data.batch(cursor)
      const batch = task.batch(raw)
      const before: Carried = carried === null || isFresh(raw) ? task.start(batch) : carried
      const result = measure(params, batch, before)
      carried = result.carried
      for (const [name, { mean, weight }] of Object.entries({ ...result.metrics, loss: result.loss })) {
        const terms = await weight.item()
        // a batch of padding alone has no terms, and its mean is 0/0
        if (terms === 0) continue
        const before = sums[name] ?? { total: 0, weight: 0 }
        sums[name] = { total: before.total + terms * (await mean.item()), weight: before.weight + terms }
      }
      await breathe()
    }
    const { loss = NaN, ...metrics } = Object.fromEntries(
      Object.entries(sums).map(([name, { total, weight }]) => [name, total / weight]),
    )
    return { loss, weight: sums['loss']?.weight ?? 0, metrics }
  }
}
