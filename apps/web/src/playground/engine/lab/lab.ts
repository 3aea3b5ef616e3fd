import { foldIn, randomKey } from '@tapeloop/core'
import { fit, optimizers } from '@tapeloop/train'
import { createHistory, runIn, type History, type Snapshot } from '../history.js'
import type { BackendInfo } from '../backend.js'
import { createPace } from '../pace.js'
import { registry } from '../registry.js'
import { sentenceOf } from '../sentence.js'
import { labModel, type LabModel } from './model.js'
import { observer, type Observation } from './observe.js'
import { lanesOf, observeEvery, type Branch, type Lane, type LabSetup } from './setup.js'
import { labTasks } from './tasks.js'

/** What a session tells, in the order in which it happens. */
export type LabEvent =
  | { readonly type: 'ready'; readonly backend: BackendInfo }
  | {
      readonly type: 'lane'
      readonly lane: Lane
      readonly parameters: number
      readonly time: number
      /** which input is largest at each time of the sequences that are looked into: `[rows, time]` */
      readonly inputs: Uint8Array
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

/** A session of the lab: some trainings side by side, none more than a step ahead. */
export interface Lab {
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
export interface LabOptions {
  readonly setup: LabSetup
  emit(event: LabEvent): void
  /** where trainings go on, by their ids; from their start unless given */
  readonly resumed?: Readonly<Record<string, Snapshot>>
  /** bytes of snapshots of each training; 24 MB unless said */
  readonly historyBudget?: number
}

/** A training under way. */
interface Running {
  readonly lane: Lane
  readonly history: History
  readonly steps: AsyncGenerator<LabEvent, void>
  step: number
  isOver: boolean
}

/** Sequences that networks are looked into with; no training is on them. */
const probeSeed = 2 ** 31
const probeRows = 16

/** Begins a session; it runs until it is stopped. */
export function startLab({ setup, emit, resumed = {}, historyBudget = 24e6 }: LabOptions): Lab {
  const running: Running[] = []
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
      steps: trainingOf(current, lane, history, from),
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
  async function advance(training: Running): Promise<void> {
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
async function* trainingOf(
  setup: LabSetup,
  lane: Lane,
  history: History,
  from: Snapshot | null,
): AsyncGenerator<LabEvent, void> {
  const { seed, steps, batchSize, units, start } = setup
  const { id, lag, learningRate, clip } = lane
  const task = labTasks[setup.task]!
  const model: LabModel = labModel(task, { cell: registry[lane.cell]!, units, start })
  const probe = await task
    .batches({ lag, batchSize: probeRows, seed: probeSeed })
    .batch({ epoch: 0, batch: 0 })
  yield {
    type: 'lane',
    lane,
    parameters: model.parameters,
    time: probe.shape[1],
    inputs: largestInputs(probe.x, task.inputs.length),
  }
  if (from !== null) history.add(from)
  const observe = observer(model, probe)
  const params = model.init(foldIn(randomKey(seed), 0))
  if (from === null) yield { type: 'observation', lane: id, observation: await observe(params, 0) }
  const every = observeEvery(setup)
  const makeOptimizer = optimizers[setup.optimizer as keyof typeof optimizers]
  const events = fit(model, {
    data: task.batches({ lag, batchSize, seed }),
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

function largestInputs(x: Float32Array, size: number): Uint8Array {
  return Uint8Array.from({ length: x.length / size }, (_, place) => {
    const values = x.subarray(place * size, (place + 1) * size)
    return values.indexOf(Math.max(...values))
  })
}
