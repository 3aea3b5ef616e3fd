import { bar, liveLine } from '../terminal/live-line.js'
import { count, counted, score } from '../terminal/numbers.js'
import type { Output } from '../terminal/output.js'
import { table } from '../terminal/table.js'
import { describe } from './space.js'
import type { SweepPlan, Trial } from './store.js'
import type { SweepReporter } from './sweep.js'

const barWidth = 20
const shownTrials = 10

/** Shows a sweep for people: a line for each trial that stops, then the best of them. */
export function textReporter(output: Output): SweepReporter {
  const { style } = output
  const live = output.isTerminal ? liveLine(output) : null
  const running = new Map<number, number>()
  const trials = new Map<number, Trial>()
  let plan: SweepPlan
  const say = (...lines: readonly string[]) =>
    live === null ? output.write(lines.map((line) => `${line}\n`).join('')) : live.print(...lines)

  function showProgress(): void {
    live?.show(() => {
      const over = [...trials.values()].filter(({ state }) => state !== 'running').length
      const [filled, rest] = bar(over / plan.trials, barWidth)
      const best = ranked([...trials.values()])[0]
      const steps = [...running].map(([id, step]) => `${id} (step ${count(step)})`).join(', ')
      return [
        `${style.cyan(filled)}${style.dim(rest)}  ${count(over)} of ${counted(plan.trials, 'trial')}`,
        ...(best === undefined ? [] : [`best ${score(best.score!)} (trial ${best.id})`]),
        ...(steps === '' ? [] : [`running: ${steps}`]),
      ].join('  ')
    })
  }

  return {
    begin(store, resumed) {
      plan = store.plan
      for (const trial of store.trials()) trials.set(trial.id, trial)
      say(
        style.bold(`${counted(plan.trials, 'trial')} of train ${plan.args.join(' ')}`),
        ...plan.space.map((dimension) => `varied: ${describe(dimension)}`),
        `search: ${plan.search}${resumed ? `; ${counted(trials.size, 'trial')} begun before` : ''}`,
        '',
      )
    },
    started(trial) {
      trials.set(trial.id, trial)
      running.set(trial.id, 0)
      showProgress()
    },
    progress(id, step) {
      running.set(id, step)
      showProgress()
    },
    stopped(trial) {
      trials.set(trial.id, trial)
      running.delete(trial.id)
      const values = Object.entries(trial.values).map(([name, value]) => `${name} ${value}`)
      say(`trial ${trial.id}: ${outcomeOf(trial)}; ${values.join(', ')}`)
      showProgress()
    },
    end(all) {
      live?.clear()
      const best = ranked(all).slice(0, shownTrials)
      if (best.length === 0) return say('', 'No trial came to a score.')
      const names = plan.space.map(({ name }) => name)
      const rows = best.map((trial) => [
        String(trial.id),
        score(trial.score!),
        ...names.map((name) => trial.values[name]!),
      ])
      say('', ...table(['trial', 'score', ...names], rows, { alignRight: [0, 1], style }))
    },
  }
}

/** The trials that came to a score, the best first. */
export function ranked(trials: readonly Trial[]): Trial[] {
  return trials
    .filter((trial) => trial.score !== null && trial.state !== 'failed')
    .toSorted((a, b) => a.score! - b.score! || a.id - b.id)
}

function outcomeOf({ state, score: reached, message }: Trial): string {
  if (state === 'failed') return `failed: ${message ?? 'it said nothing'}`
  const loss = reached === null ? 'no validation' : `score ${score(reached)}`
  return state === 'waiting' ? `${loss}, and waits` : loss
}
