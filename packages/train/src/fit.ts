import { refuse, TapeloopError, type Backend, type Tree } from '@tapeloop/core'
import { checkNumber, checkWhole } from './check.js'
import { checkEarlyStopping, type EarlyStopping } from './early-stopping.js'
import type { Evaluation } from './evaluate.js'
import type { CheckpointEvent, FitEvent, NonFiniteEvent, ValidationEvent } from './events.js'
import type { Optimizer } from './optimizers/optimizer.js'
import { breather } from './pause.js'
import type { Run } from './run.js'
import { openSession } from './session.js'
import type { BatchSource, Task } from './task.js'

/** How a task is trained. */
export interface FitOptions<Params extends Tree, Raw, Sample> {
  readonly data: BatchSource<Raw>
  readonly optimizer: Optimizer
  /** After how many updates, counted from the very first, the training is done. This or `epochs`. */
  readonly steps?: number | undefined
  /** After how many passes over the data the training is done. This or `steps`. */
  readonly epochs?: number | undefined
  /** All randomness follows from it; that of the run, or 0, unless said. */
  readonly seed?: number | undefined
  /** The largest norm of all gradients together; they are scaled down to it. Unbounded unless said. */
  readonly clip?: number | undefined
  /** The parameters to begin with, which are left as they are; drawn by the task unless said. */
  readonly params?: Params | undefined
  /** The default backend unless said. */
  readonly backend?: Backend | undefined
  /** Stops the training between two steps, with all saved. */
  readonly signal?: AbortSignal | undefined
  /** Data to evaluate on every so many steps (each epoch unless said), and in the end. */
  readonly validation?:
    | {
        readonly data: BatchSource<Raw>
        readonly every?: number | undefined
        readonly batches?: number | undefined
      }
    | undefined
  /**
   * Ends the training where validations that are due get no better, with the best parameters. The last of the run's
   * checkpoints holds these too, besides those that a longer training goes on from.
   */
  readonly earlyStopping?: EarlyStopping | undefined
  /** Something to draw from the model every so many steps. The parameters may be used until the result is there. */
  readonly sample?:
    | { readonly every: number; draw(params: Params, step: number): Sample | Promise<Sample> }
    | undefined
  /** Where metrics and checkpoints are kept. A run that has a checkpoint is continued from there. */
  readonly run?: Run | undefined
  /** How often a checkpoint is saved (every 500 steps, and in the end), and how many are kept (2). */
  readonly checkpoint?:
    | { readonly every?: number | undefined; readonly keep?: number | undefined }
    | undefined
}

/**
 * Trains a task: a stream of events, of which the last is `done`, `interrupted` or `nonfinite`. Nothing happens until it
 * is read, and nothing more when reading stops.
 *
 * With a run, all that matters is saved in its folder, and the same call made again goes on from the last checkpoint to
 * the same bits as if it had never stopped: parameters, optimizer, metrics.
 *
 * @example
 * for await (const event of fit(task, { data, optimizer: adam(), steps: 1000 })) {
 *   if (event.type === 'step') show(event.step, event.loss)
 *   if (event.type === 'done') use(event.params)
 * }
 * @throws where options are wrong, a file cannot be read or written, or (after the event `nonfinite`) where the loss or
 * the norm of its gradient is not finite: that update is not made
 */
export async function* fit<
  Params extends Tree,
  Raw,
  Batch extends Tree,
  Carried extends Tree,
  Sample = never,
>(
  task: Task<Params, Raw, Batch, Carried>,
  options: FitOptions<Params, Raw, Sample>,
): AsyncGenerator<FitEvent<Params, Sample>, void, undefined> {
  const { totalSteps, validateEvery, sampleEvery, saveEvery, keep } = scheduleOf(options)
  const { validation, sample, signal } = options
  const began = performance.now()
  const session = await openSession(task, options)
  const breathe = breather()
  const isAborted = () => signal?.aborted ?? false
  let sampledAt = session.step
  let loss: number | null = null
  let measured: ValidationEvent<Params> | null = null

  async function* save(): AsyncGenerator<CheckpointEvent | NonFiniteEvent, void, undefined> {
    const event = await session.save(keep)
    if (event !== null) yield event
    if (event?.type === 'nonfinite') throw new TapeloopError(event.message)
  }

  try {
    yield session.start(totalSteps)
    while (!isAborted()) {
      const { step, epoch } = session
      if (isDue(step, validateEvery) && session.validatedAt !== step) {
        measured = await unlessAborted(session.validate(), signal)
        if (measured === null) break
        yield measured
      }
      const isLast = step >= totalSteps || session.isExhausted
      if (isDue(step, sampleEvery) && sampledAt !== step) {
        sampledAt = step
        yield { type: 'sample', step, sample: await sample!.draw(await session.current(), step) }
      }
      if (isLast || isDue(step, saveEvery)) yield* save()
      if (isLast) {
        // an evaluation that only the end calls for comes after the checkpoint: training does not go on from it
        const { bestStep } = session
        if (validation !== undefined && bestStep === null && measured?.step !== step) {
          measured = await unlessAborted(session.validate(), signal)
          if (measured === null) break
          yield measured
        }
        // the best parameters were measured by another call where this one only goes on
        const isMeasured = bestStep === null || bestStep === measured?.step
        const final = isMeasured
          ? evaluationOf(measured)
          : await unlessAborted(session.evaluateResult(), signal)
        if (final === null && !isMeasured) break
        const { checkpoint } = session
        const params = await session.result()
        const seconds = (performance.now() - began) / 1000
        return yield {
          type: 'done',
          step,
          epoch,
          loss,
          validation: final,
          ...(bestStep !== null && { bestStep }),
          checkpoint,
          params,
          seconds,
        }
      }
      const event = await session.update()
      yield event
      if (event.type === 'nonfinite') throw new TapeloopError(event.message)
      loss = event.loss
      if (session.epoch > epoch) yield await session.endEpoch()
      await breathe()
    }
    yield* save()
    yield {
      type: 'interrupted',
      step: session.step,
      checkpoint: session.checkpoint,
      params: await session.result(),
    }
  } finally {
    await session.close()
  }
}

function scheduleOf({
  data,
  steps,
  epochs,
  clip,
  validation,
  earlyStopping,
  sample,
  checkpoint = {},
}: FitOptions<Tree, unknown, unknown>) {
  const { every: saveEvery = 500, keep = 2 } = checkpoint
  const { batchesPerEpoch } = data
  if ((steps === undefined) === (epochs === undefined)) {
    refuse(
      'fit',
      `${steps === undefined ? 'neither steps nor epochs is' : 'both steps and epochs are'} given; give one`,
    )
  }
  if (epochs !== undefined && batchesPerEpoch === Infinity) {
    refuse('fit', 'epochs are given but the data never ends; give steps')
  }
  for (const [name, value] of Object.entries({ steps, epochs })) {
    if (value !== undefined) checkWhole('fit', name, value, 0)
  }
  const counts = {
    'validation.every': validation?.every,
    'validation.batches': validation?.batches,
    'sample.every': sample?.every,
    'checkpoint.every': saveEvery,
    'checkpoint.keep': keep,
  }
  for (const [name, value] of Object.entries(counts)) {
    if (value !== undefined) checkWhole('fit', name, value, 1)
  }
  if (earlyStopping !== undefined) {
    checkEarlyStopping(earlyStopping)
    if (validation === undefined)
      refuse('fit', 'earlyStopping is given but no validation; give the data to validate on')
  }
  if (clip !== undefined) checkNumber('fit', 'clip', clip, { minimum: 0 })
  return {
    totalSteps: steps ?? epochs! * batchesPerEpoch,
    validateEvery: validation === undefined ? Infinity : (validation.every ?? batchesPerEpoch),
    sampleEvery: sample?.every ?? Infinity,
    saveEvery,
    keep,
  }
}

function isDue(step: number, every: number): boolean {
  return step > 0 && step % every === 0
}

/** What a promise gives, or null where it rejects because the signal was aborted. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T | null> {
  try {
    return await promise
  } catch (error) {
    if (signal?.aborted) return null
    throw error
  }
}

function evaluationOf(event: Evaluation | null): Evaluation | null {
  if (event === null) return null
  const { loss, weight, metrics } = event
  return { loss, weight, metrics }
}
