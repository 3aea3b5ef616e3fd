import type { BackendInfo } from './backend.js'
import type { LearningEvent, Measured } from './learning.js'
import type { RunFiles } from './run-files.js'
import { workerSession, type SessionWorker, type Watchable, type WorkView } from './worker-session.js'

/** What a training of a run has told so far. */
export interface LearningView extends WorkView, Measured {
  readonly step: number
  /** of the last checkpoint */
  readonly files: RunFiles | null
  /** steps a second, of late; null before it is known */
  readonly speed: number | null
}

/** What every worker of a run is asked. */
export type LearningCommand =
  | { readonly type: 'open'; readonly files: RunFiles }
  | { readonly type: 'pause' | 'resume' | 'files' }

/** What every worker of a run tells. */
type LearningMessage =
  | LearningEvent
  | (Measured & { readonly type: 'opened' })
  | { readonly type: 'ready'; readonly backend: BackendInfo }

/** A training of a run on its page: a worker, and all it has told. */
export interface LearningSession<View, Begin> extends Watchable<View> {
  /** Begins a training at once. */
  start(command: Begin): void
  /** Opens a run by its files; it waits to be started. */
  open(files: RunFiles): void
  pause(): void
  resume(): void
  /** Ends the worker at once, and forgets all. */
  reset(): void
  /** Ends the worker at once. */
  close(): void
}

/** What every view begins with. */
export const freshLearning: LearningView = {
  status: 'new',
  backend: null,
  message: null,
  step: 0,
  losses: [],
  validations: [],
  files: null,
  speed: null,
}

/**
 * A session that has not begun.
 *
 * @param hear what else there is to do with a message of the worker
 */
export function learningSession<
  View extends LearningView,
  Begin,
  Command,
  Message extends { readonly type: string },
>(
  fresh: View,
  makeWorker: () => SessionWorker<Begin | Command | LearningCommand, Message>,
  hear: (message: Message, view: View, change: (changed: Partial<View>) => void) => void,
): LearningSession<View, Begin> & {
  send(command: Command): void
  change(changed: Partial<View>): void
} {
  const session = workerSession<View, Begin | Command | LearningCommand, Message>(fresh, makeWorker, take)
  const { view, send } = session
  const change = (changed: Partial<LearningView>) => session.change(changed as Partial<View>)
  let startsAtOnce = true

  function take(given: Message): void {
    const message = given as unknown as LearningMessage
    if (message.type === 'ready') change({ backend: message.backend })
    if (message.type === 'progress') {
      const { losses, speed } = view()
      const now = 1 / message.seconds
      change({
        step: message.step,
        losses: appended(losses, message.loss),
        speed: speed === null ? now : 0.95 * speed + 0.05 * now,
      })
    }
    if (message.type === 'validation') {
      const { step, loss } = message
      change({ validations: [...view().validations, { step, loss }] })
    }
    if (message.type === 'files') change({ files: message.files })
    if (message.type === 'ended') change({ status: 'over', step: message.step })
    if (message.type === 'failed') change({ status: 'failed', message: message.message })
    hear(given, view(), session.change)
    if (message.type === 'opened') {
      const { losses, validations } = message
      change({ losses: [...losses], validations, step: losses.length, status: 'paused' })
      if (startsAtOnce) resume()
    }
  }

  function begin(command: Begin | LearningCommand): void {
    session.change({ ...fresh, status: 'starting' })
    session.begin(command)
  }

  function resume(): void {
    send({ type: 'resume' })
    change({ status: 'running' })
  }

  return {
    view,
    subscribe: session.subscribe,
    send,
    change: session.change,
    start(command) {
      startsAtOnce = true
      begin(command)
    },
    open(files) {
      startsAtOnce = false
      begin({ type: 'open', files })
    },
    pause() {
      send({ type: 'pause' })
      change({ status: 'paused' })
    },
    resume,
    reset() {
      session.close()
      session.change(fresh)
    },
    close: session.close,
  }
}

/** A number more at the end of the same array: copying it thousands of times would take the page's time. */
function appended(values: readonly number[], value: number): readonly number[] {
  ;(values as number[]).push(value)
  return values
}
