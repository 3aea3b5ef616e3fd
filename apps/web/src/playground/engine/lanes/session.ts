import type { Snapshot } from '../history.js'
import { workerSession, type SessionWorker, type Watchable, type WorkView } from '../worker-session.js'
import type { LaneEvent } from './lanes.js'
import type { LaneCommand } from './protocol.js'
import type { Branch, Lane, Setup } from './setup.js'

/** What is known of one training. */
export interface LaneView<Facts, Observation> {
  readonly lane: Lane
  readonly parameters: number
  readonly facts: Facts
  /** at every observed step, in order */
  readonly observations: Observation[]
  /** updates made */
  step: number
  /** the training loss of the last update; null before it */
  loss: number | null
  isOver: boolean
  /** why it failed, where it did */
  message: string | null
}

/** A session as the page sees it. Lanes change in place; `version` counts the changes. */
export interface LanesView<Facts, Observation> extends WorkView {
  readonly setup: Setup
  readonly lanes: readonly LaneView<Facts, Observation>[]
  /** sequences learned a second, of all lanes together, of late; null before it is known */
  readonly speed: number | null
  readonly version: number
}

/** What is kept of a session when its page is closed. */
export interface SavedSession<Facts, Observation> {
  readonly setup: Setup
  readonly lanes: readonly LaneView<Facts, Observation>[]
  readonly snapshots: Readonly<Record<string, Snapshot>>
}

/** Trainings side by side on their page: a worker that trains, and all it has told. */
export interface LanesSession<Facts, Observation> extends Watchable<LanesView<Facts, Observation>> {
  start(): void
  pause(): void
  step(): void
  branch(branch: Branch): void
  /** What is needed to go on after the page was closed; null before anything was trained. */
  save(): Promise<SavedSession<Facts, Observation> | null>
  /** Ends the worker at once. */
  close(): void
}

/** The worker of a session. */
export type LanesWorker<Facts, Observation> = SessionWorker<
  LaneCommand,
  readonly LaneEvent<Facts, Observation>[]
>

/** A session of a setup, or one that goes on. Nothing runs until `start`. */
export function lanesSession<Facts, Observation>(
  setup: Setup,
  makeWorker: () => LanesWorker<Facts, Observation>,
  saved: SavedSession<Facts, Observation> | null = null,
): LanesSession<Facts, Observation> {
  type View = LanesView<Facts, Observation>
  type Event = LaneEvent<Facts, Observation>
  const takers: ((snapshots: Readonly<Record<string, Snapshot>>) => void)[] = []
  const first: View = {
    setup,
    status: saved ? 'paused' : 'new',
    backend: null,
    lanes: saved?.lanes ?? [],
    message: null,
    speed: null,
    version: 0,
  }
  const session = workerSession<View, LaneCommand, readonly Event[]>(first, makeWorker, (events) => {
    events.forEach(take)
    const steps = events.reduce(
      (sum, event) => sum + (event.type === 'progress' ? event.losses.length : 0),
      0,
    )
    change({ speed: pace(steps * view().setup.batchSize) })
  })
  const { view, send } = session
  const change = (changed: Partial<View> = {}) => session.change({ ...changed, version: view().version + 1 })
  const pace = meter()
  const laneOf = (id: string) => view().lanes.find(({ lane }) => lane.id === id)

  function take(event: Event): void {
    if (event.type === 'ready') change({ backend: event.backend, status: 'running' })
    if (event.type === 'failed') change({ status: 'failed', message: event.message })
    if (event.type === 'idle') change({ status: 'over' })
    if (event.type === 'snapshots') takers.splice(0).forEach((give) => give(event.snapshots))
    if (event.type === 'lane' && !laneOf(event.lane.id)) change({ lanes: [...view().lanes, newLane(event)] })
    if (!('lane' in event) || typeof event.lane !== 'string') return
    const lane = laneOf(event.lane)
    if (lane === undefined) return
    if (event.type === 'observation') lane.observations.push(event.observation)
    if (event.type === 'progress') {
      lane.step = event.step + event.losses.length - 1
      lane.loss = event.losses.at(-1) ?? null
    }
    if (event.type === 'ended') {
      lane.isOver = true
      lane.message = event.message ?? null
    }
  }

  function begin(): void {
    session.begin({ type: 'start', setup: view().setup, ...(saved && { resumed: saved.snapshots }) })
    change({ status: 'starting' })
  }

  return {
    view,
    subscribe: session.subscribe,
    start() {
      if (!session.hasWorker) return begin()
      send({ type: 'resume' })
      change({ status: 'running' })
    },
    pause() {
      send({ type: 'pause' })
      change({ status: 'paused' })
    },
    step() {
      if (!session.hasWorker) begin()
      send({ type: 'step' })
      change({ status: 'paused' })
    },
    branch(branch) {
      if (!session.hasWorker) begin()
      send({ type: 'branch', branch })
      const { setup } = view()
      change({ setup: { ...setup, branches: [...setup.branches, branch] }, status: 'running' })
      send({ type: 'resume' })
    },
    async save() {
      const { setup, lanes } = view()
      if (!session.hasWorker || lanes.length === 0) return null
      const snapshots = new Promise<Readonly<Record<string, Snapshot>>>((resolve) => takers.push(resolve))
      send({ type: 'snapshots' })
      return { setup, lanes, snapshots: await snapshots }
    },
    close: session.close,
  }
}

function newLane<Facts, Observation>({
  lane,
  parameters,
  facts,
}: LaneEvent<Facts, Observation> & { readonly type: 'lane' }): LaneView<Facts, Observation> {
  return {
    lane,
    parameters,
    facts,
    observations: [],
    step: 0,
    loss: null,
    isOver: false,
    message: null,
  }
}

/** Tells how many a second, of late, of what is counted from call to call; null until enough time has passed. */
function meter(): (count: number) => number | null {
  let [since, counted] = [performance.now(), 0]
  let speed: number | null = null
  return (count) => {
    counted += count
    const seconds = (performance.now() - since) / 1000
    if (seconds < 0.5) return speed
    // a pause is no measurement
    if (counted > 0 && seconds < 2) speed = counted / seconds
    ;[since, counted] = [performance.now(), 0]
    return speed
  }
}
