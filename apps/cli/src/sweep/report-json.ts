import type { Output } from '../terminal/output.js'
import { ranked } from './report-text.js'
import type { Trial } from './store.js'
import type { SweepReporter } from './sweep.js'

/** Shows a sweep as JSON: one line for each trial that stops, and one for all of them. */
export function jsonReporter(output: Output): SweepReporter {
  const emit = (event: object) => output.write(`${JSON.stringify(event)}\n`)
  const recordOf = ({ id, state, values, score, message }: Trial) => ({
    trial: id,
    state,
    values,
    score,
    message,
  })
  return {
    begin: ({ plan }, resumed) => emit({ type: 'sweep', resumed, ...plan }),
    started: () => undefined,
    progress: () => undefined,
    stopped: (trial) => emit({ type: 'trial', ...recordOf(trial) }),
    end: (trials) => emit({ type: 'summary', best: ranked(trials).slice(0, 1).map(recordOf)[0] ?? null }),
  }
}
