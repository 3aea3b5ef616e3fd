/** What a terminal (Ctrl-C, or closing it) and a system that shuts down ask by. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Exit codes of programs that end for a signal: 128 and its number. */
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** A request to stop, from outside. */
export interface Interruption {
  /** aborted once the program is asked to stop */
  readonly signal: AbortSignal
  /** what the program should exit with; 0 while nobody asked */
  exitCode(): number
  /** Gives the signals back to the system. */
  release(): void
}

/**
 * Listens for requests to stop. The first lets the program end in its own way; any later one, which finds no listener,
 * ends it at once.
 *
 * @param notice called at the first request
 */
export function listenForInterruption(notice: () => void): Interruption {
  const controller = new AbortController()
  let received: keyof typeof codes | null = null
  let patience: NodeJS.Timeout | undefined
  const release = () => {
    clearTimeout(patience)
    for (const name of signals) process.off(name, stop)
  }
  function stop(name: keyof typeof codes) {
    if (received !== null) return
    received = name
    // npm and pnpm send a Ctrl-C on to their scripts, which have had it from the terminal: two at once are one
    patience = setTimeout(release, 300).unref()
    notice()
    controller.abort()
  }
  for (const name of signals) process.on(name, stop)
  return {
    signal: controller.signal,
    exitCode: () => (received === null ? 0 : codes[received]),
    release,
  }
}
