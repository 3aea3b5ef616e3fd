/** What benchmarks and the processes they measure say to each other: one JSON object a line. */

/** What is measured: names and numbers that say it all, as a row shows them. */
export type Case = { readonly [name: string]: string | number }

/** The programs a subject may know how to build. */
export type WorkloadName = 'step' | 'sample' | 'product' | 'peak'

export type Request =
  /** Build the program and run it once. */
  | { readonly do: 'open'; readonly workload: WorkloadName; readonly case: Case; readonly level: string }
  /** Run it for so many seconds, at least `least` times. */
  | { readonly do: 'measure'; readonly seconds: number; readonly least: number }
  /** Say how much memory the process takes. */
  | { readonly do: 'memory' }

/** Milliseconds, scaled to what the benchmark counts. */
interface Opened {
  /** what it is that runs: package, version, variant */
  readonly program: string
  /** the first run, compiling included */
  readonly first: number
  /** what that run gave: a loss, a token */
  readonly result: number
}

/** Megabytes (10⁶ bytes). */
export interface Memory {
  /** the most the process ever held */
  readonly peak: number
  /** the most it held beyond what it held before the program was built */
  readonly grown: number
}

export type Reply =
  | { readonly opened: Opened }
  | { readonly samples: readonly number[]; readonly result: number }
  | { readonly memory: Memory }
  /** not a case for this subject */
  | { readonly cannot: string }
  /** it should have worked */
  | { readonly failed: string }
