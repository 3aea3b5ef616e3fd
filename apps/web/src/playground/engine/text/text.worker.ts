import { chooseBackend, type BackendInfo } from '../backend.js'
import { sentenceOf } from '../sentence.js'
import { host } from '../worker-host.js'
import type { LearningCommand } from '../learning-session.js'
import { beginTextRun, openTextRun, type TextRunConfig } from './run.js'
import { trainText, type Continuation, type TextEvent, type TextTraining } from './text.js'

/** How the page begins a training. */
export interface TextBegin {
  readonly type: 'begin'
  readonly text: string
  readonly config: TextRunConfig
}

/** What the page asks of the worker. */
export type TextCommand =
  | TextBegin
  | LearningCommand
  | { readonly type: 'continue'; readonly how: Continuation }

/** What the worker tells besides the events of its training. */
export type TextMessage = TextEvent | { readonly type: 'ready'; readonly backend: BackendInfo }

host<TextCommand, TextMessage>((emit) => {
  let training: TextTraining | undefined
  return async (command) => {
    try {
      if (command.type === 'begin' || command.type === 'open') {
        emit({ type: 'ready', backend: await chooseBackend() })
        const run =
          command.type === 'open'
            ? await openTextRun(command.files)
            : await beginTextRun(command.text, command.config)
        training?.stop()
        training = await trainText(run, emit)
      } else if (command.type === 'continue') await training?.continue(command.how)
      else await training?.[command.type]()
    } catch (error) {
      emit({ type: 'failed', message: sentenceOf(error) })
    }
  }
})
