import { mapTree, tensor, type Tensor, type Tree } from '@tapeloop/core'
import { cosine, fit, optimizers, type BatchSource, type MetricsLine, type Task } from '@tapeloop/train'
import type { KeptRun, TrainingConfig } from './kept-run.js'
import type { Pace } from './pace.js'
import { filesOf, type RunFiles } from './run-files.js'
import { sentenceOf } from './sentence.js'

/** What every training of a run tells. */
export type LearningEvent =
  | { readonly type: 'progress'; readonly step: number; readonly loss: number; readonly seconds: number }
  | { readonly type: 'validation'; readonly step: number; readonly loss: number }
  | { readonly type: 'files'; readonly files: RunFiles }
  | { readonly type: 'ended'; readonly step: number }
  | { readonly type: 'failed'; readonly message: string }

/** A training under way. */
export interface Training {
  pause(): void
  resume(): void
  /** Tells all files of the run, as they are now. */
  files(): Promise<void>
  stop(): void
}

/** What was measured before a training goes on. */
export interface Measured {
  readonly losses: readonly number[]
  readonly validations: readonly { readonly step: number; readonly loss: number }[]
}

/** Reads what was measured from the metrics of a run. */
export function measuredIn(metrics: readonly MetricsLine[]): Measured {
  return {
    losses: metrics.flatMap(({ type, loss }) => (type === 'step' ? [Number(loss)] : [])),
    validations: metrics.flatMap(({ type, step, loss }) =>
      type === 'validation' && typeof loss === 'number' ? [{ step, loss }] : [],
    ),
  }
}

/** What is learned, and who looks at it. */
export interface Learning<
  Params extends Tree,
  Raw,
  Batch extends Tree,
  Carried extends Tree,
> extends KeptRun {
  readonly model: Task<Params, Raw, Batch, Carried>
  readonly data: BatchSource<Raw>
  readonly validation: { readonly data: BatchSource<Raw>; readonly batches?: number } | null
  readonly config: TrainingConfig
  /** the steps between two copies of the parameters */
  readonly refreshEvery: number
  /** Hears of parameters that no step takes away; `isDue` where they are to be looked at. */
  refreshed(params: Params, step: number, isDue: boolean): Promise<void>
}

/** Goes on with a run at the pace of its page. */
export function learn<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree>(
  learning: Learning<Params, Raw, Batch, Carried>,
  pace: Pace,
  emit: (event: LearningEvent) => void,
): Training {
  const { run, storage, model, data, validation, config, refreshEvery, refreshed } = learning
  const { lr, steps, schedule, clip, patience = 0 } = config
  const optimizer = optimizers[config.optimizer as keyof typeof optimizers]
  const events = fit(model, {
    data,
    optimizer: optimizer({
      learningRate: schedule === 'cosine' ? cosine({ peak: lr, floor: lr / 10, steps }) : lr,
    }),
    steps,
    clip: clip > 0 ? clip : undefined,
    run,
    signal: pace.signal,
    ...(validation && { validation: { ...validation, every: config.validEvery } }),
    ...(validation && patience > 0 && { earlyStopping: { patience } }),
    checkpoint: { every: config.checkpointEvery },
    sample: {
      every: refreshEvery,
      async draw(params, at) {
        await refreshed(await copied(params), at, at % config.sampleEvery === 0)
      },
    },
  })

  async function loop(): Promise<void> {
    let last = performance.now()
    for await (const event of events) {
      if (event.type === 'step') {
        const now = performance.now()
        emit({ type: 'progress', step: event.step, loss: event.loss, seconds: (now - last) / 1000 })
        last = now
      }
      if (event.type === 'validation') emit({ type: 'validation', step: event.step, loss: event.loss })
      if (event.type === 'checkpoint') emit({ type: 'files', files: await filesOf(storage) })
      if (event.type === 'done') {
        await refreshed(await copied(event.params), event.step, true)
        emit({ type: 'ended', step: event.step })
      }
      if (pace.isPaused) {
        await pace.woken()
        last = performance.now()
      }
    }
  }

  void loop().catch((error: unknown) => emit({ type: 'failed', message: sentenceOf(error) }))

  return {
    pause: () => pace.pause(),
    resume: () => pace.resume(),
    files: async () => emit({ type: 'files', files: await filesOf(storage) }),
    stop: () => pace.stop(),
  }
}

/** A record of tensors, each copied. */
async function copied<Params extends Tree>(params: Params): Promise<Params> {
  const numbers = new Map<Tensor, Tensor>()
  const leaves: Promise<void>[] = []
  mapTree(params, (leaf) => {
    leaves.push(
      leaf.data().then((data) => {
        numbers.set(leaf, tensor(data, { shape: leaf.shape, dtype: leaf.dtype }))
      }),
    )
    return leaf
  })
  await Promise.all(leaves)
  return mapTree(params, (leaf) => numbers.get(leaf)!) as Params
}
