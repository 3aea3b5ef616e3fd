import { flatten, tensor, type Tree, type TypedArray } from '@tapeloop/core'
import { nextCursor } from '@tapeloop/data'
import type { StoredTensors } from './checkpoint.js'
import { watch } from './early-stopping.js'
import { evaluator, type Evaluation } from './evaluate.js'
import type {
  CheckpointEvent,
  EpochEvent,
  NonFiniteEvent,
  StartEvent,
  StepEvent,
  ValidationEvent,
} from './events.js'
import type { FitOptions } from './fit.js'
import { journalOf } from './journal.js'
import { firstNonFinite, type NonFinite } from './non-finite.js'
import { copyOf, startOf, withTrained } from './start.js'
import { trainStep } from './step.js'
import { isFresh, type Task } from './task.js'
import { restoreTree, treeToSafetensors } from './tensor-files.js'

/** What a training can do next; `fit` says when. Each action logs what it tells. */
export interface Session<Params extends Tree> {
  readonly step: number
  readonly epoch: number
  /** Whether early stopping has seen enough. */
  readonly isExhausted: boolean
  /** At which step the validation was best, where training may stop early and there was one. */
  readonly bestStep: number | null
  /** The parameters of the moment, to evaluate: an average where the optimizer keeps one. The next update spends them. */
  current(): Promise<Params>
  /** The parameters to hand out: those of the best validation where training may stop early, or those of the moment. */
  result(): Promise<Params>
  /** The name of the last checkpoint. */
  readonly checkpoint: string | null
  /** At which step the validation loss was measured last. */
  readonly validatedAt: number | undefined
  start(totalSteps: number): StartEvent
  /** The next update, or why it was not made. */
  update(): Promise<StepEvent | NonFiniteEvent>
  /** Closes an epoch: the mean of its losses. */
  endEpoch(): Promise<EpochEvent>
  /** Evaluates on the validation data; remembered and logged once a step. */
  validate(): Promise<ValidationEvent<Params>>
  /** Evaluates what is handed out, and tells nobody. */
  evaluateResult(): Promise<Evaluation>
  /** Saves a checkpoint; null where there is no run, nothing to save or nothing new. */
  save(keep: number): Promise<CheckpointEvent | NonFiniteEvent | null>
  /** Writes what waits to be written. */
  close(): Promise<void>
}

/** Opens a training at its start or at its run's last checkpoint. */
export async function openSession<Params extends Tree, Raw, Batch extends Tree, Carried extends Tree>(
  task: Task<Params, Raw, Batch, Carried>,
  options: FitOptions<Params, Raw, unknown>,
): Promise<Session<Params>> {
  const { data, validation, run, signal, backend, optimizer, earlyStopping } = options
  const { place, key, seed, metricsLines } = await startOf(task, options)
  const step = trainStep(task, optimizer, options)
  const measure = evaluator(task, backend === undefined ? {} : { backend })
  const journal = journalOf(run, metricsLines)
  const resumedFrom = place.saved?.name ?? null

  /** What is carried into a batch. */
  function carriedInto(raw: Raw, batch: Batch): Carried {
    if (place.carried === null || isFresh(raw)) return task.start(batch)
    if ('state' in place.carried) return place.carried.state
    return restoreTree(task.start(batch), place.carried.stored, 'state.json, carried')
  }

  async function current(): Promise<Params> {
    const { params, optimizer: state } = place.learned
    return optimizer.average ? copyOf(optimizer.average(state, params)) : params
  }

  const result = async () => place.best ?? current()

  function evaluateOn(params: Params): Promise<Evaluation> {
    const { batches, data } = validation!
    return measure(params, data, {
      ...(batches === undefined ? {} : { batches }),
      ...(signal === undefined ? {} : { signal }),
    })
  }

  /** What follows from a validation: for the optimizer, and for early stopping. */
  async function heed(evaluation: Evaluation, params: Params): Promise<void> {
    if (optimizer.observe) {
      const state = optimizer.observe(tensor(evaluation.loss), place.learned.optimizer)
      place.learned = { ...place.learned, optimizer: state }
    }
    if (earlyStopping === undefined) return
    const stopping = watch(earlyStopping, place.history.stopping, place.step, evaluation)
    place.history = { ...place.history, stopping }
    if (stopping.best?.step === place.step) place.best = await copyOf(params)
  }

  async function refused(sentence: string, found: NonFinite | null): Promise<NonFiniteEvent> {
    const { epoch, batch } = place.cursor
    const checkpoint = place.saved?.name ?? null
    const kept =
      checkpoint === null ? 'no checkpoint was saved before' : `the last good checkpoint is ${checkpoint}`
    const message =
      `fit: training stopped after ${place.step} updates, for ${sentence}; lower the learning rate, clip the ` +
      `gradients, or look at batch ${batch} of epoch ${epoch} (${kept})`
    await journal.add({ type: 'nonfinite', step: place.step, message })
    return { type: 'nonfinite', step: place.step, message, found, checkpoint }
  }

  return {
    get step() {
      return place.step
    },
    get epoch() {
      return place.cursor.epoch
    },
    get isExhausted() {
      return earlyStopping !== undefined && (place.history.stopping?.bad ?? 0) >= earlyStopping.patience
    },
    get bestStep() {
      return place.best === null ? null : (place.history.stopping?.best?.step ?? null)
    },
    get checkpoint() {
      return place.saved?.name ?? null
    },
    get validatedAt() {
      return place.history.validations.at(-1)?.step
    },
    current,
    result,

    start: (totalSteps) => ({
      type: 'start',
      step: place.step,
      totalSteps,
      parameters: flatten(place.learned.params).leaves.reduce((count, { size }) => count + size, 0),
      checkpoint: resumedFrom,
    }),

    async update() {
      const began = performance.now()
      const { epoch } = place.cursor
      const raw = await data.batch(place.cursor)
      const batch = task.batch(raw)
      const carried = carriedInto(raw, batch)
      const count = tensor(place.step, { dtype: 'int32' })
      const result = step.run(place.learned, batch, carried, key, count)
      place.learned = result.learned
      if ((await result.isGood.item()) === 0) {
        const { sentence, found } = step.explain(place.learned.params, batch, carried, key, count)
        return refused(sentence, found)
      }
      const loss = await result.loss.item()
      place.step++
      place.cursor = nextCursor(data, place.cursor)
      place.carried = { state: result.carried }
      const { sum, batches } = place.history.epoch
      place.history = { ...place.history, epoch: { sum: sum + loss, batches: batches + 1 } }
      const entries = Object.entries(result.metrics).map(
        async ([name, value]) => [name, await value.item()] as const,
      )
      const line = {
        type: 'step',
        step: place.step,
        epoch,
        loss,
        gradNorm: await result.gradNorm.item(),
        metrics: Object.fromEntries(await Promise.all(entries)),
      } as const
      await journal.add(line)
      return { ...line, seconds: (performance.now() - began) / 1000 }
    },

    async endEpoch() {
      const { sum, batches } = place.history.epoch
      place.history = { ...place.history, epoch: { sum: 0, batches: 0 } }
      const line = {
        type: 'epoch',
        step: place.step,
        epoch: place.cursor.epoch - 1,
        loss: sum / batches,
      } as const
      await journal.add(line)
      return line
    },

    async validate() {
      const began = performance.now()
      const params = await current()
      const evaluation = await evaluateOn(params)
      const line = { type: 'validation', step: place.step, epoch: place.cursor.epoch, ...evaluation } as const
      const { validations } = place.history
      if (validations.at(-1)?.step !== place.step) {
        const loss = Number.isFinite(evaluation.loss) ? evaluation.loss : null
        place.history = { ...place.history, validations: [...validations, { step: place.step, loss }] }
        await heed(evaluation, params)
        await journal.add(line)
      }
      return { ...line, params, seconds: (performance.now() - began) / 1000 }
    },

    evaluateResult: async () => evaluateOn(await result()),

    async save(keep) {
      if (run === undefined || place.step === 0 || place.saved?.step === place.step) return null
      await journal.flush()
      const { params, optimizer: state } = place.learned
      const hasOthers = earlyStopping !== undefined || optimizer.average !== undefined
      const [model, remembered] = await Promise.all([
        treeToSafetensors(await result()),
        treeToSafetensors(withTrained(state, hasOthers ? params : null)),
      ])
      const broken = nameOfNonFinite({ ...model, ...remembered })
      if (broken !== undefined) return refused(`the update made ${broken} not finite`, null)
      const carried =
        place.carried === null
          ? {}
          : 'state' in place.carried
            ? await treeToSafetensors(place.carried.state)
            : place.carried.stored
      const { step, cursor, history } = place
      const whole = { step, cursor, seed, carried, history, metricsLines: journal.lines }
      const name = await run.save({ state: whole, model, optimizer: remembered }, keep)
      place.saved = { name, step }
      return { type: 'checkpoint', step, name }
    },

    close: () => journal.flush(),
  }
}

function nameOfNonFinite(tensors: StoredTensors): string | undefined {
  // what was made from tensors holds the arrays of tensors
  return Object.keys(tensors).find((name) => firstNonFinite(tensors[name]!.data as TypedArray) >= 0)
}
