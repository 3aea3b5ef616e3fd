import type { MetricsLine, Run } from './run.js'

/** How long lines may wait in memory, in milliseconds: a file is opened for each flush. */
const patience = 1000

/** The lines of metrics.jsonl, counted, and written some at a time. */
export interface Journal {
  /** How many lines there are, those that wait included. */
  readonly lines: number
  /** Adds a line; it is written at once only where others have waited long. */
  add(line: MetricsLine): Promise<void>
  /** Writes all that waits. */
  flush(): Promise<void>
}

/** The journal of a run, or one that only counts where there is no run. */
export function journalOf(run: Run | undefined, linesBefore: number): Journal {
  let lines = linesBefore
  let waiting: MetricsLine[] = []
  let flushed = performance.now()
  const flush = async () => {
    const now = waiting
    waiting = []
    flushed = performance.now()
    if (now.length > 0) await run?.log(now)
  }
  return {
    get lines() {
      return lines
    },
    async add(line) {
      lines++
      waiting.push(line)
      if (performance.now() - flushed > patience) await flush()
    },
    flush,
  }
}
