import { foldIn, randomKey } from '@tapeloop/core'
import { fit, optimizers, type BatchSource } from '@tapeloop/train'
import type { BackendInfo } from '../backend.js'
import { createHistory, runIn, type History, type Snapshot } from '../history.js'
import { createPace } from '../pace.js'
import { sentenceOf } from '../sentence.js'
import type { LaneModel, LaneParams } from './model.js'
import { lanesOf, observeEvery, type Branch, type Lane, type Setup } from './setup.js'
import type { LaneBatch } from './task.js'

/** What a session tells, in the order in which it happens. */
export type LaneEvent<Facts, Observation> =
  | { readonly type: 'ready'; readonly backend: BackendInfo }
  | {
      readonly type: 'lane'
      readonly lane: Lane
      readonly parameters: number
      readonly facts: Facts
    }
  | {
      readonly type: 'progress'
      readonly lane: string
      /** the step of the first loss; the others follow */
      readonly step: number
      readonly losses: readonly number[]
      readonly gradNorms: readonly number[]
    }
  | { readonly type: 'observation'; readonly lane: string; readonly observation: Observation }
  /** `message` where the training failed: its loss or gradient was not finite */
  | { readonly type: 'ended'; readonly lane: string; readonly step: number; readonly message?: string }
  /** no training goes on */
  | { readonly type: 'idle' }
  | { readonly type: 'snapshots'; readonly snapshots: Readonly<Record<string, Snapshot>> }
  | { readonly type: 'failed'; readonly message: string }

/** What a lane trains, and how it is looked into. */
interface Subject<Facts, Observation> {
  readonly model: LaneModel
  readonly data: BatchSource<LaneBatch>
  /** what is known before anything is trained */
  readonly facts: Facts
  observe(params: LaneParams, step: number): Promise<Observation>
}

/** Makes what a lane trains. */
export type SubjectOf<Facts, Observation> = (setup: Setup, lane: Lane) => Promise<Subject<Facts, Observation>>

/** Some trainings side by side, none more than a step ahead. */
export interface Lanes {
  pause(): void
  resume(): void
  /** One more step of every training; then it pauses. */
  step(): void
  /** Another training, from the last snapshot at or before the step where it leaves its parent. */
  branch(branch: Branch): void
  /** The last snapshot of every training: what `resumed` takes. */
  snapshots(): Record<string, Snapshot>
  stop(): void
}

/** How a session begins. */
export interface LanesOptions<Facts, Observation> {
  readonly setup: Setup
  readonly subjectOf: SubjectOf<Facts, Observation>
  emit(event: LaneEvent<Facts, Observation>): void
  /** where trainings go on, by their ids; from their start unless given */
  readonly resumed?: Readonly<Record<string, Snapshot>>
  /** bytes of snapshots of each training; 24 MB unless said */
  readonly historyBudget?: number
}

/** A training under way. */
interface Running<Event> {
  readonly lane: Lane
  readonly history: History
  readonly steps: AsyncGenerator<Event, void>
  step: number
  isOver: boolean
}

/** Begins a session; it runs until it is stopped. */
export function startLanes<Facts, Observation>({
  setup,
  subjectOf,
  emit,
  resumed = {},
  historyBudget = 24e6,
}: LanesOptions<Facts, Observation>): Lanes {
  type Event = LaneEvent<Facts, Observation>
  const running: Running<Event>[] = []
  let current = setup
  const pace = createPace({ isPaused: false })

  function begin(lane: Lane): void {
    const parent = running.find(({ lane: { id } }) => id === lane.from?.lane)
    const history = createHistory(historyBudget)
    const from = resumed[lane.id] ?? parent?.history.at(lane.from!.step) ?? null
    running.push({
      lane,
      history,
      step: from?.state.step ?? 0,
      isOver: false,
      steps: trainingOf(current, lane, subjectOf(current, lane), history, from),
    })
  }

  /** Whether the step at which a training leaves its parent has come. */
  const isDue = ({ id, from }: Lane): boolean => {
    if (from === undefined || resumed[id]) return true
    const parent = running.find(({ lane }) => lane.id === from.lane)
    return parent !== undefined && (parent.step > from.step || parent.isOver)
  }

  function beginWhatIsDue(): void {
    for (const lane of lanesOf(current)) {
      if (!running.some(({ lane: { id } }) => id === lane.id) && isDue(lane)) begin(lane)
    }
  }

  /** The next step of a training, with all that it tells. */
  async function advance(training: Running<Event>): Promise<void> {
    for (;;) {
      const { value: event, done } = await training.steps.next()
      if (done) {
        training.isOver = true
        return
      }
      emit(event)
      if (event.type === 'progress') {
        training.step = event.step
        return
      }
    }
  }

  async function loop(): Promise<void> {
    while (!pace.signal.aborted) {
      beginWhatIsDue()
      const next = running.filter(({ isOver }) => !isOver).toSorted((a, b) => a.step - b.step)[0]
      if (next === undefined) emit({ type: 'idle' })
      if (next === undefined || pace.isPaused) await pace.woken()
      else await advance(next)
    }
    await Promise.all(running.map(({ steps }) => steps.return()))
  }

  void loop().catch((error: unknown) => emit({ type: 'failed', message: sentenceOf(error) }))

  return {
    pause: () => pace.pause(),
    resume: () => pace.resume(),
    step() {
      pace.pause()
      void Promise.all(running.filter(({ isOver }) => !isOver).map(advance))
    },
    branch(branch) {
      current = { ...current, branches: [...current.branches, branch] }
      pace.wake()
    },
    snapshots: () =>
      Object.fromEntries(
        running.flatMap(({ lane, history }) => {
          const last = history.at(Infinity)
          return last === null ? [] : [[lane.id, last]]
        }),
      ),
    stop: () => pace.stop(),
  }
}

/** One training as events: what it is, an observation and a loss now and then, and how it ended. */
async function* trainingOf<Facts, Observation>(
  setup: Setup,
  lane: Lane,
  subject: Promise<Subject<Facts, Observation>>,
  history: History,
  from: Snapshot | null,
): AsyncGenerator<LaneEvent<Facts, Observation>, void> {
  const { model, data, facts, observe } = await subject
  const { seed, steps } = setup
  const { id, learningRate, clip } = lane
  yield { type: 'lane', lane, parameters: model.parameters, facts }
  if (from !== null) history.add(from)
  const params = model.init(foldIn(randomKey(seed), 0))
  if (from === null) yield { type: 'observation', lane: id, observation: await observe(params, 0) }
  const every = observeEvery(setup)
  const makeOptimizer = optimizers[setup.optimizer as keyof typeof optimizers]
  const events = fit(model, {
    data,
    optimizer: makeOptimizer({ learningRate }),
    steps,
    seed,
    params,
    clip: clip > 0 ? clip : undefined,
    run: runIn(history, seed, from),
    sample: { every, draw: observe },
    checkpoint: { every },
  })
  let step = from?.state.step ?? 0
  try {
    for await (const event of events) {
      if (event.type === 'sample') yield { type: 'observation', lane: id, observation: event.sample }
      if (event.type !== 'step') continue
      const { loss, gradNorm } = event
      step = event.step
      yield { type: 'progress', lane: id, step, losses: [loss], gradNorms: [gradNorm] }
    }
    yield { type: 'ended', lane: id, step }
  } catch (error) {
    yield { type: 'ended', lane: id, step, message: sentenceOf(error) }
  }
}
