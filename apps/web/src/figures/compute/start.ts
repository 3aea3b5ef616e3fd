import type { Message, PictureOf, SettingsOf, TaskName } from './tasks.js'

/** What is told of a task under way. */
export interface Listener<Picture> {
  onPicture(picture: Picture): void
  onDone(): void
  onError(sentence: string): void
}

/** Workers that are done; they are asked again, since they have everything loaded. */
const idle: Worker[] = []

/** Begins a task in a worker, away from the page; returns how to stop it at once. */
export function start<Name extends TaskName>(
  name: Name,
  settings: SettingsOf<Name>,
  { onPicture, onDone, onError }: Listener<PictureOf<Name>>,
): () => void {
  const worker = idle.pop() ?? new Worker(new URL('worker.ts', import.meta.url), { type: 'module' })
  const listening = new AbortController()
  const { signal } = listening
  worker.addEventListener(
    'message',
    ({ data }: MessageEvent<Message>) => {
      if ('picture' in data) return onPicture(data.picture as PictureOf<Name>)
      listening.abort()
      idle.push(worker)
      if ('error' in data) onError(data.error)
      else onDone()
    },
    { signal },
  )
  worker.addEventListener('error', ({ message }) => onError(message), { signal })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
  worker.postMessage({ name, settings })
  return () => {
    if (signal.aborted) return
    listening.abort()
    worker.terminate()
  }
}
