import type { BackendInfo } from '../backend.js'
import type { Snapshot } from '../history.js'
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

/** What a session does. */
type LabStatus = 'new' | 'starting' | 'running' | 'paused' | 'idle' | 'failed'

/** A session as the page sees it. Lanes change in place; `version` counts the changes. */
export interface LabView {
  readonly setup: LabSetup
  readonly status: LabStatus
  readonly backend: BackendInfo | null
  readonly lanes: readonly LaneView[]
  readonly message: string | null
  readonly version: number
}

/** What is kept of a session when its page is closed. */
export interface SavedSession {
  readonly setup: LabSetup
  readonly lanes: readonly LaneView[]
  readonly snapshots: Readonly<Record<string, Snapshot>>
}

/** A session of the lab on its page: a worker that trains, and all it has told. */
export interface LabSession {
  view(): LabView
  subscribe(listener: () => void): () => void
  start(): void
  pause(): void
  step(): void
  branch(branch: Branch): void
  /** What is needed to go on after the page was closed; null before anything was trained. */
  save(): Promise<SavedSession | null>
  /** Ends the worker at once. */
  close(): void
}

/** The part of a Worker that a session needs. */
export interface LabWorker {
  postMessage(command: LabCommand): void
  terminate(): void
  addEventListener(type: 'message', listener: (message: { readonly data: readonly LabEvent[] }) => void): void
  addEventListener(type: 'error', listener: (event: { readonly message: string }) => void): void
}

/** A session of a setup, or one that goes on. Nothing runs until `start`. */
export function labSession(
  setup: LabSetup,
  makeWorker: () => LabWorker,
  saved: SavedSession | null = null,
): LabSession {
  const listeners = new Set<() => void>()
  const takers: ((snapshots: Readonly<Record<string, Snapshot>>) => void)[] = []
  let worker: LabWorker | undefined
  let view: LabView = {
    setup,
    status: saved ? 'paused' : 'new',
    backend: null,
    lanes: saved?.lanes ?? [],
    message: null,
    version: 0,
  }
  const change = (changed: Partial<LabView> = {}) => {
    view = { ...view, ...changed, version: view.version + 1 }
    for (const listener of listeners) listener()
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
  const send = (command: LabCommand) => worker?.postMessage(command)
  const laneOf = (id: string) => view.lanes.find(({ lane }) => lane.id === id)

  function take(event: LabEvent): void {
    if (event.type === 'ready') change({ backend: event.backend, status: 'running' })
    if (event.type === 'failed') change({ status: 'failed', message: event.message })
    if (event.type === 'idle') change({ status: 'idle' })
    if (event.type === 'snapshots') takers.splice(0).forEach((give) => give(event.snapshots))
    if (event.type === 'lane' && !laneOf(event.lane.id)) change({ lanes: [...view.lanes, newLane(event)] })
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
    worker = makeWorker()
    worker.addEventListener('message', ({ data }) => {
      data.forEach(take)
      change()
    })
    worker.addEventListener('error', ({ message }) => change({ status: 'failed', message }))
    send({ type: 'start', setup: view.setup, ...(saved && { resumed: saved.snapshots }) })
    change({ status: 'starting' })
  }

  return {
    view: () => view,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start() {
      if (worker === undefined) return begin()
      send({ type: 'resume' })
      change({ status: 'running' })
    },
    pause() {
      send({ type: 'pause' })
      change({ status: 'paused' })
    },
    step() {
      if (worker === undefined) begin()
      send({ type: 'step' })
      change({ status: 'paused' })
    },
    branch(branch) {
      if (worker === undefined) begin()
      send({ type: 'branch', branch })
      change({ setup: { ...view.setup, branches: [...view.setup.branches, branch] }, status: 'running' })
      send({ type: 'resume' })
    },
    async save() {
      if (worker === undefined || view.lanes.length === 0) return null
      const snapshots = new Promise<Readonly<Record<string, Snapshot>>>((resolve) => takers.push(resolve))
      send({ type: 'snapshots' })
      return { setup: view.setup, lanes: view.lanes, snapshots: await snapshots }
    },
    close: () => worker?.terminate(),
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
