/** How long work may go on, in milliseconds, before the page or the process must be let breathe. */
const breath = 16

/**
 * Lets the event loop run when it has waited long enough: promises alone never let a timer, a signal such as Ctrl-C, or
 * a repaint through. Returns a function to await between pieces of work.
 */
export function breather(): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < breath) return
    await nextTask()
    last = performance.now()
  }
}

/** A message, because a timer waits for at least a millisecond, and several in browsers. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(null)
  })
}
