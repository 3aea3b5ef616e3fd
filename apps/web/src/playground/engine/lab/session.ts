import type { Snapshot } from '../history.js'
import { workerSession, type SessionWorker, type Watchable, type WorkView } from '../worker-session.js'
import type { LabEvent } from './lab.js'
import type { Observation } from './observe.js'
import type { LabCommand } from './protocol.js'
import type { Branch, Lane, LabSetup } from './setup.js'

/** What is known of one training. */
export interface LaneView {
  readonly lane: Lane
  readonly parameters: number
  /** time steps of a sequence */
  readonly time: number
  /** which input is largest at each time of the sequences that are looked into: `[rows, time]` */
  readonly inputs: Uint8Array
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
export interface LabView extends WorkView {
  readonly setup: LabSetup
  readonly lanes: readonly LaneView[]
  readonly version: number
}

/** What is kept of a session when its page is closed. */
export interface SavedSession {
  readonly setup: LabSetup
  readonly lanes: readonly LaneView[]
  readonly snapshots: Readonly<Record<string, Snapshot>>
}

/** A session of the lab on its page: a worker that trains, and all it has told. */
export interface LabSession extends Watchable<LabView> {
  start(): void
  pause(): void
  step(): void
  branch(branch: Branch): void
  /** What is needed to go on after the page was closed; null before anything was trained. */
  save(): Promise<SavedSession | null>
  /** Ends the worker at once. */
  close(): void
}

/** The worker of a session. */
export type LabWorker = SessionWorker<LabCommand, readonly LabEvent[]>

/** A session of a setup, or one that goes on. Nothing runs until `start`. */
export function labSession(
  setup: LabSetup,
  makeWorker: () => LabWorker,
  saved: SavedSession | null = null,
): LabSession {
  const takers: ((snapshots: Readonly<Record<string, Snapshot>>) => void)[] = []
  const first: LabView = {
    setup,
    status: saved ? 'paused' : 'new',
    backend: null,
    lanes: saved?.lanes ?? [],
    message: null,
    version: 0,
  }
  const session = workerSession<LabView, LabCommand, readonly LabEvent[]>(first, makeWorker, (events) => {
    events.forEach(take)
    change()
  })
  const { view, send } = session
  const change = (changed: Partial<LabView> = {}) =>
    session.change({ ...changed, version: view().version + 1 })
  const laneOf = (id: string) => view().lanes.find(({ lane }) => lane.id === id)

  function take(event: LabEvent): void {
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

function newLane({ lane, parameters, time, inputs }: LabEvent & { readonly type: 'lane' }): LaneView {
  return {
    lane,
    parameters,
    time,
    inputs,
    observations: [],
    step: 0,
    loss: null,
    isOver: false,
    message: null,
  }
}
