/** A worker, in Node or in a browser. */
export interface StartedWorker {
  post(message: unknown): void
  /** Keeps the process alive; a browser's page needs no such thing. */
  ref(): void
  /** Lets the process end. */
  unref(): void
  end(): void
}

/** What is used of Node's `worker_threads`; the browser's entry must not import it. */
interface NodeThreads {
  readonly Worker: new (text: string, options: { eval: true; execArgv: readonly string[] }) => NodeWorker
}

interface NodeWorker {
  on(event: 'message' | 'error', listen: (value: unknown) => void): unknown
  postMessage(message: unknown): void
  ref(): void
  unref(): void
  terminate(): Promise<number>
}

/**
 * Starts a worker whose program is text, because no bundler then needs to find a file.
 *
 * @param text defines `serve(request, post)`.
 */
export function startWorker(
  text: string,
  onMessage: (message: unknown) => void,
  onError: (reason: string) => void,
): StartedWorker {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } }
  const threads = process?.getBuiltinModule?.('worker_threads') as NodeThreads | undefined
  return threads === undefined
    ? startInBrowser(text, onMessage, onError)
    : startInNode(threads, text, onMessage, onError)
}

type Listener = (value: unknown) => void

function startInNode(
  { Worker }: NodeThreads,
  text: string,
  onMessage: Listener,
  onError: (reason: string) => void,
): StartedWorker {
  const program = `${text}
const { parentPort } = process.getBuiltinModule('worker_threads')
parentPort.on('message', (request) => serve(request, (answer) => parentPort.postMessage(answer)))`
  const worker = new Worker(program, { eval: true, execArgv: [] })
  worker.on('message', onMessage)
  worker.on('error', (error) => onError(error instanceof Error ? error.message : String(error)))
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- workers have no such argument
    post: (message) => worker.postMessage(message),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    end: () => void worker.terminate(),
  }
}

function startInBrowser(text: string, onMessage: Listener, onError: (reason: string) => void): StartedWorker {
  const program = `${text}
onmessage = ({ data }) => serve(data, (answer) => postMessage(answer))`
  const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }))
  const worker = new Worker(address)
  worker.addEventListener('message', ({ data }) => onMessage(data))
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    onError(event.message)
  })
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- workers have no such argument
    post: (message) => worker.postMessage(message),
    ref: () => undefined,
    unref: () => undefined,
    end() {
      worker.terminate()
      URL.revokeObjectURL(address)
    },
  }
}
