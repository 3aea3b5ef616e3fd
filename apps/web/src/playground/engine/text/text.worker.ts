import { chooseBackend, type BackendInfo } from '../backend.js'
import { sentenceOf } from '../sentence.js'
import { host } from '../worker-host.js'
import type { RunFiles } from '../run-files.js'
import { beginTextRun, openTextRun, type TextRunConfig } from './run.js'
import { trainText, type Continuation, type TextEvent, type TextTraining } from './text.js'

/** What the page asks of the worker. */
export type TextCommand =
  | { readonly type: 'begin'; readonly text: string; readonly config: TextRunConfig }
  | { readonly type: 'open'; readonly files: RunFiles }
  | { readonly type: 'continue'; readonly how: Continuation }
  | { readonly type: 'pause' | 'resume' | 'files' }

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
