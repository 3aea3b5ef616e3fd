import type { Source } from '../sources/source.js'
import type { TaskName } from './task.js'

/** What a source is plainly for, and why, for people. */
export interface Guess {
  readonly task: TaskName
  /** null where there is nothing to say: a text is learned as a text */
  readonly reason: string | null
}

/** Sees from the files, and from the settings that only one task has, what is to be learned. */
export function guessTask(source: Source, given: Readonly<Record<string, unknown>>): Promise<Guess> {
  void source
  void given
  return Promise.resolve({ task: 'language-model', reason: null })
}
