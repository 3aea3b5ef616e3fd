import { workerSession, type SessionWorker, type Watchable, type WorkView } from '../worker-session.js'
import type { RunFiles } from '../run-files.js'
import type { TextRunConfig } from './run.js'
import type { Continuation, Reading, TextEvent } from './text.js'
import type { TextCommand, TextMessage } from './text.worker.js'

/** What a training of a text has told so far. */
export interface TextView extends WorkView {
  readonly opened: (TextEvent & { readonly type: 'opened' }) | null
  readonly step: number
  /** in nats, one for each step */
  readonly losses: readonly number[]
  readonly validations: readonly { readonly step: number; readonly loss: number }[]
  readonly samples: readonly { readonly step: number; readonly texts: readonly string[] }[]
  readonly readings: readonly Reading[]
  /** what goes on from the visitor's primer */
  readonly continued: {
    readonly id: number
    readonly text: string
    readonly isOver: boolean
    readonly problem: string | null
  }
  /** of the last checkpoint */
  readonly files: RunFiles | null
  /** characters learned a second, of late; null before it is known */
  readonly speed: number | null
}

/** A training of a text on its page: a worker, and all it has told. */
export interface TextSession extends Watchable<TextView> {
  /** Begins with a text, or goes on after a pause. */
  start(text: string, config: TextRunConfig): void
  /** Opens a run by its files; it waits to be started. */
  open(files: RunFiles): void
  pause(): void
  resume(): void
  continue(how: Continuation): void
  /** Ends the worker at once, and forgets all. */
  reset(): void
  /** Ends the worker at once. */
  close(): void
}

/** The worker of a session. */
export type TextWorker = SessionWorker<TextCommand, TextMessage>

const fresh: TextView = {
  status: 'new',
  backend: null,
  opened: null,
  step: 0,
  losses: [],
  validations: [],
  samples: [],
  readings: [],
  continued: { id: 0, text: '', isOver: true, problem: null },
  files: null,
  speed: null,
  message: null,
}

/** A session that has not begun. */
export function textSession(makeWorker: () => TextWorker): TextSession {
  const session = workerSession<TextView, TextCommand, TextMessage>(fresh, makeWorker, take)
  const { view, send, change } = session
  let startsAtOnce = true

  function take(event: TextMessage): void {
    if (event.type === 'ready') change({ backend: event.backend })
    if (event.type === 'opened') {
      const { losses, validations } = event
      change({ opened: event, losses: [...losses], validations, step: losses.length, status: 'paused' })
      if (startsAtOnce) resume()
    }
    if (event.type === 'progress') {
      const { opened, losses, speed } = view()
      const { seqLength, batchSize } = opened!.config
      const now = (seqLength * batchSize) / event.seconds
      change({
        step: event.step,
        losses: appended(losses, event.losses),
        speed: speed === null ? now : 0.95 * speed + 0.05 * now,
      })
    }
    if (event.type === 'validation') {
      const { step, loss } = event
      change({ validations: [...view().validations, { step, loss }] })
    }
    if (event.type === 'samples') change({ samples: [...view().samples, event] })
    if (event.type === 'reading') change({ readings: [...view().readings, event.reading] })
    if (event.type === 'files') change({ files: event.files })
    if (event.type === 'ended') change({ status: 'over', step: event.step })
    if (event.type === 'failed') change({ status: 'failed', message: event.message })
    if (event.type === 'continued' && event.id === view().continued.id) {
      const text = view().continued.text + event.text
      change({ continued: { ...event, text, problem: event.problem ?? null } })
    }
  }

  function begin(command: TextCommand): void {
    change({ ...fresh, status: 'starting' })
    session.begin(command)
  }

  function resume(): void {
    send({ type: 'resume' })
    change({ status: 'running' })
  }

  return {
    view,
    subscribe: session.subscribe,
    start(text, config) {
      startsAtOnce = true
      begin({ type: 'begin', text, config })
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
    continue(how) {
      change({ continued: { id: how.id, text: '', isOver: false, problem: null } })
      send({ type: 'continue', how })
    },
    reset() {
      session.close()
      change(fresh)
    },
    close: session.close,
  }
}

/** More numbers at the end of the same array: copying it thousands of times would take the page's time. */
function appended(values: readonly number[], more: readonly number[]): readonly number[] {
  ;(values as number[]).push(...more)
  return values
}
