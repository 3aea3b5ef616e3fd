import { TapeloopError } from '@tapeloop/core'
import type { Cursor } from '../batches.js'
import { prefetch } from './prefetch.js'
import type { AsyncBatches } from './dataset-batches.js'
import { startWorker } from './start-worker.js'

/** Batches that are made in a worker. */
export interface WorkerBatches<Batch> extends AsyncBatches<Batch> {
  /** Ends the worker; batches that were asked for and have not come are refused. */
  close(): void
}

/** What the batches of a worker are made of. */
export interface WorkerBatchOptions {
  /** What the module's function is called with: anything that can be cloned. */
  readonly options?: unknown
  /** How many batches are made before they are asked for; 2 unless said. */
  readonly ahead?: number
}

/** What a worker answers: a number of batches, a batch, or why there is none. */
interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/**
 * Makes batches in a worker, so that reading, cleaning and tokenizing go on while the model trains. Functions cannot be sent to a
 * worker, so the data set is written in a module of JavaScript that its default export opens:
 * `export default async (options) => datasetBatches(…)`.
 *
 * @param module where the module is, such as `new URL('./data.js', import.meta.url)`.
 * @throws one sentence when the module cannot be loaded, or its function fails; a batch that fails is refused alike.
 */
export async function workerBatches<Batch>(
  module: URL,
  { options, ahead }: WorkerBatchOptions = {},
): Promise<WorkerBatches<Batch>> {
  const waiting = new Map<number, Waiter>()
  let asked = 0
  let over: TapeloopError | undefined

  const worker = startWorker(
    workerText,
    (message) => {
      const { id, value, error } = message as Answer
      const request = waiting.get(id)
      waiting.delete(id)
      if (waiting.size === 0) worker.unref()
      if (error === undefined) request?.resolve(value)
      else request?.reject(new TapeloopError(`The worker of ${module.href} failed: ${error}`))
    },
    (reason) => end(`The worker of ${module.href} failed: ${reason}`),
  )

  function end(reason: string): void {
    over ??= new TapeloopError(reason)
    worker.end()
    for (const { reject } of waiting.values()) reject(over)
    waiting.clear()
  }
  function ask(request: object): Promise<unknown> {
    if (over !== undefined) return Promise.reject(over)
    const id = asked++
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      // a process must not end while it waits
      worker.ref()
      worker.post({ id, ...request })
    })
  }

  try {
    const batchesPerEpoch = (await ask({ module: module.href, options })) as number
    const batches = prefetch(
      { batchesPerEpoch, batch: (cursor: Cursor) => ask({ cursor }) as Promise<Batch> },
      ahead,
    )
    return { ...batches, close: () => end('The worker that makes the batches was closed.') }
  } catch (error) {
    worker.end()
    throw error
  }
}

/** Who waits for an answer. */
interface Waiter {
  resolve(value: unknown): void
  reject(error: TapeloopError): void
}

/** The program of the worker: the first request opens the module, the others ask for batches. */
const workerText = `'use strict'
let opened
const answer = async ({ module, options, cursor }) => {
  if (module !== undefined) {
    opened = import(module).then(({ default: open }) => open(options))
    return (await opened).batchesPerEpoch
  }
  return (await opened).batch(cursor)
}
const serve = (request, post) => {
  answer(request).then(
    (value) => post({ id: request.id, value }),
    (error) => post({ id: request.id, error: String(error?.message ?? error) }),
  )
}
`
