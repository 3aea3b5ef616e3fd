import { workerText, type WorkerData } from './worker-text.js'

/** What is used of Node's `worker_threads`; the browser's entry must not import it. */
interface NodeThreads {
  readonly Worker: new (
    text: string,
    options: { eval: true; workerData: WorkerData; execArgv: readonly string[] },
  ) => { on(event: 'error', listen: () => void): unknown; unref(): void }
}

/** Whether threads can share memory here, and this one may wait for others: a browser's main thread may not. */
export function canShare(): boolean {
  const { crossOriginIsolated } = globalThis as { readonly crossOriginIsolated?: boolean }
  if (typeof SharedArrayBuffer !== 'function' || crossOriginIsolated === false) return false
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0) === 'timed-out'
  } catch {
    return false
  }
}

/** Starts a worker that keeps no process alive. Calls `onError` where that is not possible, now or later. */
export function startWorker(data: WorkerData, onError: () => void): void {
  try {
    const threads = nodeThreads()
    if (threads) {
      const text = `${workerText}serve(process.getBuiltinModule('worker_threads').workerData)`
      const worker = new threads.Worker(text, { eval: true, workerData: data, execArgv: [] })
      worker.on('error', onError)
      worker.unref()
    } else {
      const worker = new Worker((address ??= browserText()))
      worker.addEventListener('error', (event) => {
        event.preventDefault()
        onError()
      })
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- workers have no such argument
      worker.postMessage(data)
    }
  } catch {
    onError() // forbidden here, by a policy or for want of memory
  }
}

/** Where a browser finds the text; it stays there, for workers that are started later. */
let address: string | null = null

function browserText(): string {
  const text = `${workerText}onmessage = ({ data }) => { serve(data); close() }`
  return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
}

function nodeThreads(): NodeThreads | undefined {
  const { process } = globalThis as {
    readonly process?: { getBuiltinModule?(name: string): unknown }
  }
  return process?.getBuiltinModule?.('worker_threads') as NodeThreads | undefined
}
