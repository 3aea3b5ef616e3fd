/** Training once, as every experiment does it. */
import {
  adam,
  fit,
  TapeloopError,
  type FitOptions,
  type Hyperparameter,
  type Task,
  type Tree,
} from '@tapeloop/tapeloop'

/** Adam with these, and gradients clipped to this norm. */
interface TrainingOptions<Params extends Tree, Raw, Sample> extends Pick<
  FitOptions<Params, Raw, Sample>,
  'data' | 'params' | 'sample' | 'validation' | 'earlyStopping'
> {
  readonly steps: number
  readonly rate: Hyperparameter
  readonly seed: number
  readonly clip: number
}

/**
 * The trained parameters, and what was drawn on the way; null where the loss or a gradient was not finite any more: that
 * a cell breaks down is a result.
 */
export async function trained<
  Params extends Tree,
  Raw,
  Batch extends Tree,
  Carried extends Tree,
  Sample = never,
>(
  task: Task<Params, Raw, Batch, Carried>,
  { rate, ...options }: TrainingOptions<Params, Raw, Sample>,
): Promise<{
  readonly params: Params
  readonly samples: readonly { step: number; sample: Sample }[]
} | null> {
  const samples: { step: number; sample: Sample }[] = []
  let isBroken = false
  try {
    const events = fit(task, { ...options, optimizer: adam({ learningRate: rate }) })
    for await (const event of events) {
      if (event.type === 'sample') samples.push({ step: event.step, sample: event.sample })
      if (event.type === 'nonfinite') isBroken = true
      if (event.type === 'done') return { params: event.params, samples }
    }
  } catch (error) {
    if (!isBroken || !(error instanceof TapeloopError)) throw error
  }
  return null
}
