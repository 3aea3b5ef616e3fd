import { TapeloopError } from '@tapeloop/core'
import { refuseUsage } from '../errors.js'
import { promotable, type Climber } from './halving.js'
import { suggest } from './search.js'
import { flagsOf } from './space.js'
import type { SweepStore, Trial } from './store.js'
import { startTraining, type Training, type TrainingEvent } from './training.js'

/** Hears how a sweep goes. */
export interface SweepReporter {
  begin(store: SweepStore, resumed: boolean): void
  /** a trial begins, or goes on */
  started(trial: Trial): void
  /** a trial made a step */
  progress(id: number, step: number): void
  /** a trial is done, failed, or waits at a rung */
  stopped(trial: Trial): void
  end(trials: readonly Trial[]): void
}

/** How a sweep is run. */
export interface SweepOptions {
  /** trainings at the same time */
  readonly jobs: number
  /** where a trial keeps its run */
  folderOf(id: number): string
  /** whether a trial has a run to go on with */
  hasRun(id: number): boolean
  /** threads of each training */
  readonly threads: number
  readonly signal: AbortSignal
}

/**
 * Runs the trials of a sweep that are left, several at a time, each in a process of its own. Where the signal is aborted,
 * trainings save and end, and go on when the sweep is resumed.
 *
 * @throws where `train` refuses what it was given, which is then the user's mistake, or the first trial cannot begin
 */
export async function runSweep(
  store: SweepStore,
  reporter: SweepReporter,
  options: SweepOptions,
): Promise<void> {
  const busy = new Map<number, Promise<void>>()
  const failures: unknown[] = []
  // trials that were under way when the sweep was stopped or killed
  const left = store.trials().filter(({ state }) => state === 'running')
  const next = () => left.shift() ?? nextTrial(store, new Set(busy.keys()))
  for (;;) {
    while (busy.size < options.jobs && !options.signal.aborted && failures.length === 0) {
      const trial = next()
      if (trial === null) break
      const job = runTrial(trial, store, reporter, options)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => busy.delete(trial.id))
      busy.set(trial.id, job)
    }
    if (busy.size === 0) break
    await Promise.race(busy.values())
  }
  if (failures.length > 0) throw failures[0]
  reporter.end(store.trials())
}

/** The trial that runs next: one that has earned to go on, or a new one; null while there is none. */
function nextTrial(store: SweepStore, busy: ReadonlySet<number>): Trial | null {
  const { plan } = store
  const trials = store.trials()
  const promoted = promotable(climbersOf(store, trials), busy, { rungs: plan.rungs.length, eta: plan.eta })
  if (promoted !== null) {
    store.changed(promoted, { state: 'running' })
    return trials.find(({ id }) => id === promoted)!
  }
  if (trials.length >= plan.trials) return null
  const history = trials
    .filter(({ state }) => state === 'done' || state === 'failed')
    .map(({ values, score, state }) => ({ values, score: state === 'done' ? (score ?? NaN) : NaN }))
  return store.add(suggest(plan.search, plan.space, { trial: trials.length, seed: plan.seed, history }))
}

/** The trials with their scores at the rungs. One that failed has no chance of going on. */
function climbersOf({ plan, ...store }: SweepStore, trials: readonly Trial[]): Climber[] {
  const scorings = store.scorings()
  return trials.map(({ id, rung, state }) => {
    const scores = plan.rungs.map((target) => {
      const until = scorings.filter(({ trial, step }) => trial === id && step <= (target ?? Infinity))
      return state === 'failed' ? Infinity : Math.min(...until.map(({ score }) => score))
    })
    return { id, rung, scores }
  })
}

/** What a sweep compares, of which less is better: bits where there are any, for they do not depend on the tokenizer. */
function scoreOf({ bitsPerCharacter, nats, loss }: TrainingEvent): number | undefined {
  return bitsPerCharacter ?? nats ?? loss
}

/** Trains one trial up to its next rung. */
async function runTrial(
  trial: Trial,
  store: SweepStore,
  reporter: SweepReporter,
  { folderOf, hasRun, threads, signal }: SweepOptions,
): Promise<void> {
  const { args, rungs } = store.plan
  const { id, values } = trial
  const rung = trial.rung + 1
  const target = rungs[rung] ?? Infinity
  const out = ['--out', folderOf(id), '--threads', String(threads)]
  const resume = hasRun(id) ? ['--resume'] : []
  const training = startTraining([...args, ...flagsOf(values), ...out, ...resume])
  signal.addEventListener('abort', training.stop, { once: true })
  reporter.started(trial)
  const { reached, steps, message } = await follow(training, store, id, target, reporter)
  signal.removeEventListener('abort', training.stop)
  const { code, complaint } = await training.ended
  const change = (changes: Parameters<SweepStore['changed']>[1]) => {
    store.changed(id, changes)
    reporter.stopped(store.trials().find((one) => one.id === id)!)
  }
  if (reached === 'end') return change({ state: 'done', rung: rungs.length - 1 })
  if (reached === 'rung') return change({ state: 'waiting', rung })
  // stopped from outside: it stays one that runs, and goes on another time
  if (signal.aborted) return
  const sentence = message ?? complaint.split('\n')[0]!.replace(/^error: /, '')
  if (code === 2) refuseUsage(sentence)
  if (steps === 0 && id === 1) throw new TapeloopError(sentence)
  change({ state: 'failed', message: sentence })
}

/** Follows a training to its end or to a rung, where it is stopped. */
async function follow(
  training: Training,
  store: SweepStore,
  id: number,
  target: number,
  reporter: SweepReporter,
): Promise<{ reached: 'end' | 'rung' | null; steps: number; message: string | null }> {
  let reached: 'end' | 'rung' | null = null
  let steps = 0
  let message: string | null = null
  for await (const event of training.events) {
    const { type, step = 0 } = event
    const score = scoreOf(event)
    if (type === 'step') reporter.progress(id, (steps = step))
    if (type === 'validation' && score !== undefined) store.scored({ trial: id, step, score })
    if (type === 'nonfinite') message = event.message ?? null
    if (type === 'done') reached = 'end'
    // the rung is a step of validation, whose score is known only now
    if (type === 'validation' && step === target && reached === null) {
      reached = 'rung'
      training.stop()
    }
  }
  return { reached, steps, message }
}
