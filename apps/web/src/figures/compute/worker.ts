import { init } from '@tapeloop/tapeloop'
import { tasks, type Message, type Request } from './tasks.js'

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
const say = (message: Message) => postMessage(message)

addEventListener('message', ({ data: { name, settings } }: MessageEvent<Request>) => {
  void compute(tasks[name] as (settings: unknown) => AsyncGenerator<unknown>, settings)
})

async function compute(
  task: (settings: unknown) => AsyncGenerator<unknown>,
  settings: unknown,
): Promise<void> {
  try {
    await init()
    for await (const picture of task(settings)) say({ picture })
    say({ done: true })
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String(error) })
  }
}
