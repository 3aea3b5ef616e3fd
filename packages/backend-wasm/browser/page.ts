import { perform, type Call } from './tasks.js'

/** The address says after # what to do, and where: `{ call, inWorker }`. The page does it itself, under its own policy. */
const { call, inWorker } = JSON.parse(decodeURIComponent(location.hash.slice(1))) as {
  call: Call
  inWorker: boolean
}

function performInWorker(): Promise<unknown> {
  // a worker has the policy of its own file, not of the page
  const worker = new Worker(`/worker.js?${location.pathname}`, { type: 'module' })
  return new Promise((resolve) => {
    worker.addEventListener('message', ({ data }) => resolve(data))
    worker.addEventListener('error', ({ message }) => resolve({ error: message }))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is a worker, not a window
    worker.postMessage(call)
  })
}

Object.assign(globalThis, { outcome: inWorker ? performInWorker() : perform(call) })
