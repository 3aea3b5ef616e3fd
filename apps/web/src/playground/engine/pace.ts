/** When a training goes on, waits and ends, as the page wants it. */
export interface Pace {
  readonly isPaused: boolean
  /** aborted by `stop` */
  readonly signal: AbortSignal
  pause(): void
  resume(): void
  /** Lets what waits look again, paused or not. */
  wake(): void
  /** Waits until it is woken. */
  woken(): Promise<void>
  stop(): void
}

/** The pace of a training. */
export function createPace({ isPaused }: { readonly isPaused: boolean }): Pace {
  const stopping = new AbortController()
  let wake = () => {}
  let pausing = isPaused
  return {
    get isPaused() {
      return pausing
    },
    signal: stopping.signal,
    pause() {
      pausing = true
    },
    resume() {
      pausing = false
      wake()
    },
    wake: () => wake(),
    woken: () => new Promise<void>((resolve) => (wake = resolve)),
    stop() {
      stopping.abort()
      wake()
    },
  }
}
