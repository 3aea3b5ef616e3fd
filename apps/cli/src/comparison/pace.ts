import type { Entry } from './compare.js'
import { Stopped, type Experiment, type RunOptions } from './experiment.js'

/** Milliseconds that the pace of a cell is measured for; half of it, for at first a program is compiled. */
const measured = 2000

/** The same cells, each with as many steps as it makes in so many seconds, measured on this machine, now. */
export async function pacedEntries(
  experiment: Experiment,
  entries: readonly Entry[],
  seconds: number,
  how: Omit<RunOptions, 'steps' | 'progress'>,
): Promise<Entry[]> {
  const paced: Entry[] = []
  for (const entry of entries) {
    const pace = await paceOf(experiment, entry, how)
    paced.push({ ...entry, steps: Math.max(1, Math.round(pace * seconds)) })
  }
  return paced
}

/** Steps a second. */
async function paceOf(
  experiment: Experiment,
  entry: Entry,
  how: Omit<RunOptions, 'steps' | 'progress'>,
): Promise<number> {
  const times: number[] = []
  const enough = new AbortController()
  const progress = () => {
    times.push(performance.now())
    if (times.length > 2 && times.at(-1)! - times[0]! > measured) enough.abort()
  }
  const signal = AbortSignal.any([how.signal, enough.signal])
  try {
    await experiment.run(entry, { ...how, signal, progress, steps: Number.MAX_SAFE_INTEGER })
  } catch (error) {
    if (!(error instanceof Stopped) || how.signal.aborted) throw error
  }
  const settled = times.slice(Math.floor(times.length / 2))
  return ((settled.length - 1) * 1000) / (settled.at(-1)! - settled[0]!)
}
