import {
  freshLearning,
  learningSession,
  type LearningSession,
  type LearningView,
} from '../learning-session.js'
import type { SessionWorker } from '../worker-session.js'
import type { Continuation, Reading, TextEvent } from './text.js'
import type { TextBegin, TextCommand, TextMessage } from './text.worker.js'

/** What a training of a text has told so far. */
export interface TextView extends LearningView {
  readonly opened: (TextEvent & { readonly type: 'opened' }) | null
  readonly samples: readonly { readonly step: number; readonly texts: readonly string[] }[]
  readonly readings: readonly Reading[]
  /** what goes on from the visitor's primer */
  readonly continued: {
    readonly id: number
    readonly text: string
    readonly isOver: boolean
    readonly problem: string | null
  }
}

/** A training of a text on its page. */
export interface TextSession extends LearningSession<TextView, TextBegin> {
  continue(how: Continuation): void
}

/** The worker of a session. */
export type TextWorker = SessionWorker<TextCommand, TextMessage>

const fresh: TextView = {
  ...freshLearning,
  opened: null,
  samples: [],
  readings: [],
  continued: { id: 0, text: '', isOver: true, problem: null },
}

/** A session that has not begun. */
export function textSession(makeWorker: () => TextWorker): TextSession {
  const { send, change, ...session } = learningSession<TextView, TextBegin, TextCommand, TextMessage>(
    fresh,
    makeWorker,
    (event, { samples, readings, continued }, change) => {
      if (event.type === 'opened') change({ opened: event })
      if (event.type === 'samples') change({ samples: [...samples, event] })
      if (event.type === 'reading') change({ readings: [...readings, event.reading] })
      if (event.type === 'continued' && event.id === continued.id) {
        const text = continued.text + event.text
        change({ continued: { ...event, text, problem: event.problem ?? null } })
      }
    },
  )
  return {
    ...session,
    continue(how) {
      change({ continued: { id: how.id, text: '', isOver: false, problem: null } })
      send({ type: 'continue', how })
    },
  }
}
