import type { BackendInfo } from './backend.js'

/** What the work of a page is doing. */
type WorkStatus = 'new' | 'starting' | 'running' | 'paused' | 'over' | 'failed'

/** What every page knows of its work. */
export interface WorkView {
  readonly status: WorkStatus
  readonly backend: BackendInfo | null
  /** why it failed, where it did */
  readonly message: string | null
}

/** The part of a Worker that a session needs. */
export interface SessionWorker<Command, Message> {
  postMessage(command: Command): void
  terminate(): void
  addEventListener(type: 'message', listener: (message: { readonly data: Message }) => void): void
  addEventListener(type: 'error', listener: (event: { readonly message: string }) => void): void
}

/** What a page can watch. */
export interface Watchable<View> {
  view(): View
  /** Calls back at every change; returns how to stop. */
  subscribe(listener: () => void): () => void
}

/** A worker at work for a page, and what it has told so far. */
export interface WorkerSession<View, Command> extends Watchable<View> {
  readonly hasWorker: boolean
  change(changed: Partial<View>): void
  /** Starts a worker with its first command; one from before ends at once. */
  begin(command: Command): void
  /** Tells the worker something, where there is one. */
  send(command: Command): void
  /** Ends the worker at once. */
  close(): void
}

/** A session without a worker. `take` hears all that one tells. */
export function workerSession<View extends WorkView, Command, Message>(
  first: View,
  makeWorker: () => SessionWorker<Command, Message>,
  take: (message: Message) => void,
): WorkerSession<View, Command> {
  const listeners = new Set<() => void>()
  let view = first
  let worker: SessionWorker<Command, Message> | undefined
  const change = (changed: Partial<View>) => {
    view = { ...view, ...changed }
    for (const listener of listeners) listener()
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
  const send = (command: Command) => worker?.postMessage(command)
  const close = () => {
    worker?.terminate()
    worker = undefined
  }
  return {
    view: () => view,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get hasWorker() {
      return worker !== undefined
    },
    change,
    begin(command) {
      close()
      worker = makeWorker()
      worker.addEventListener('message', ({ data }) => take(data))
      worker.addEventListener('error', ({ message }) =>
        change({ status: 'failed', message } as Partial<View>),
      )
      send(command)
    },
    send,
    close,
  }
}
