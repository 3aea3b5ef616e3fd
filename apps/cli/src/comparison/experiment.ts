import type { Tree } from '@tapeloop/core'
import type { Cell } from '@tapeloop/layers'
import { fit, TapeloopError, type Backend, type FitOptions, type Task } from '@tapeloop/tapeloop'
import { optimizerOf } from '../training/optimizer.js'
import type { CommonSettings } from '../training/settings.js'
import { curveRecorder, type Curve } from './curves.js'

/** A cell with the options and the size it takes part with. */
export interface Contender {
  readonly cell: Cell
  readonly options: Readonly<Record<string, never>>
  readonly hiddenSize: number
}

/** What a cell is asked to learn, the same for all. */
export interface Experiment {
  /** the file, `words` or `adding` */
  readonly name: string
  /** what it is about, for people */
  readonly about: string
  /** what a batch is: `32 × 64 characters` */
  readonly batch: string
  /** what is measured, of which less is better: for people, and as a key of JSON */
  readonly measure: { readonly title: string; readonly key: string }
  /** scores whose first step below them is told */
  readonly goals: readonly number[]
  /** How many numbers a cell of this size learns. */
  parametersOf(contender: Contender): number
  /** Trains one cell once. */
  run(contender: Contender, how: RunOptions): Promise<Outcome>
}

/** How a cell is trained once. */
export interface RunOptions {
  readonly settings: CommonSettings
  readonly steps: number
  readonly seed: number
  readonly backend: Backend
  readonly signal: AbortSignal
  progress(step: number, loss: number): void
}

/** What one training came to. */
export interface Outcome {
  /** on the validation data, after the last step; NaN where the training broke off */
  readonly score: number
  /** for each goal the first step with a score below it, or null */
  readonly stepsTo: readonly (number | null)[]
  readonly stepsPerSecond: number
  /** the loss while training, as a score, averaged over equal parts of it */
  readonly curve: Curve
  /** the step at which the loss was not finite any more, or null */
  readonly divergedAt: number | null
}

/** Thrown where the user stops a comparison. */
export class Stopped extends TapeloopError {}

/** Trains a task once and measures it; `scoreOf` makes a score of a loss. */
export async function trainOnce<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree>(
  task: Task<Params, Raw, Batch, Carried>,
  data: Pick<FitOptions<Params, Raw, never>, 'data' | 'validation'>,
  { settings, steps, seed, backend, signal, progress }: RunOptions,
  { goals, scoreOf }: { readonly goals: readonly number[]; scoreOf(loss: number): number },
): Promise<Outcome> {
  const stepsTo = goals.map((): number | null => null)
  let score = NaN
  let divergedAt: number | null = null
  let seconds = 0
  const curve = curveRecorder(steps, scoreOf)
  try {
    const events = fit(task, {
      ...data,
      optimizer: optimizerOf(settings, steps),
      steps,
      seed,
      backend,
      signal,
      ...(settings.clip > 0 && { clip: settings.clip }),
    })
    for await (const event of events) {
      if (event.type === 'step') {
        seconds += event.seconds
        curve.add(event.step, event.loss)
        progress(event.step, event.loss)
      }
      if (event.type === 'validation') {
        score = scoreOf(event.loss)
        goals.forEach((goal, i) => {
          if (score < goal) stepsTo[i] ??= event.step
        })
      }
      if (event.type === 'nonfinite') divergedAt = event.step
      if (event.type === 'interrupted') throw new Stopped('The comparison was stopped.')
    }
  } catch (error) {
    // that a cell breaks down under the common setting is a result, not a failure of the comparison
    if (divergedAt === null) throw error
    score = NaN
  }
  const done = divergedAt ?? steps
  const stepsPerSecond = seconds === 0 ? 0 : done / seconds
  return { score, stepsTo, stepsPerSecond, curve: curve.points(), divergedAt }
}
