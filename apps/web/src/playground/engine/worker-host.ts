/** What a dedicated worker can do; the types of the page know only windows. */
interface WorkerScope<Command, Event> {
  postMessage(event: Event): void
  addEventListener(type: 'message', listener: (message: { readonly data: Command }) => void): void
}

/** Answers the commands of a page, from within a worker. */
export function host<Command, Event>(
  begin: (emit: (event: Event) => void) => (command: Command) => void | Promise<void>,
): void {
  const scope = globalThis as unknown as WorkerScope<Command, Event>
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a page is the only one who hears a worker
  const answer = begin((event) => scope.postMessage(event))
  scope.addEventListener('message', ({ data }) => void answer(data))
}
