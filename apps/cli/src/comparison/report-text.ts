import { bar, liveLine } from '../terminal/live-line.js'
import { chart } from '../terminal/chart.js'
import { clock, count, counted, duration, rate, score, spreadScore } from '../terminal/numbers.js'
import type { Output } from '../terminal/output.js'
import { table } from '../terminal/table.js'
import type { Comparison, ComparisonReporter, Entry, Result } from './compare.js'
import { meanCurve } from './curves.js'
import { fewestSeeds, summarise } from './statistics.js'
import { verdicts } from './verdicts.js'

const barWidth = 20
const chartRows = 12

/** Shows a comparison for people: a line for each training, then a table and what it says. */
export function textComparison(output: Output): ComparisonReporter {
  const { style } = output
  const live = output.isTerminal ? liveLine(output) : null
  let comparison: Comparison
  let began = 0
  const say = (...lines: readonly string[]) =>
    live === null ? output.write(lines.map((line) => `${line}\n`).join('')) : live.print(...lines)

  return {
    begin(begun) {
      comparison = begun
      began = performance.now()
      const { experiment, settings, seeds, entries, parameters } = comparison
      const { optimizer, lr, schedule, clip } = settings
      say(
        style.bold(experiment.about),
        `${paceOf(comparison)} of ${experiment.batch}; for all cells ${optimizer}, ` +
          `learning rate ${lr} (${schedule}), clip ${clip}; ${counted(seeds.length, 'seed')}`,
        `near ${counted(parameters, 'parameter')} each: ${entries
          .map(({ cell, hiddenSize, parameters }) => `${cell.name} ${hiddenSize} (${count(parameters)})`)
          .join(', ')}`,
        '',
      )
    },
    progress(entry, seed, step, loss, before) {
      live?.show(() => {
        const { seeds, entries } = comparison
        const all = entries.reduce((sum, { steps }) => sum + steps, 0) * seeds.length
        const fraction = (before + step) / all
        const [filled, rest] = bar(fraction, barWidth)
        const left = ((performance.now() - began) / 1000) * (1 / fraction - 1)
        return (
          `${style.cyan(filled)}${style.dim(rest)}  ${entry.cell.name}, seed ${seed}: step ${count(step)}/${count(entry.steps)}  ` +
          `loss ${score(loss)}  ${clock(left)} left`
        )
      })
    },
    result({ entry, seed, score: reached, divergedAt, stepsTo, stepsPerSecond }) {
      const { experiment } = comparison
      const outcome =
        divergedAt === null
          ? `${experiment.measure.title} ${score(reached)}`
          : `broke off after ${counted(divergedAt, 'step')}: the loss was not finite any more`
      const goals = experiment.goals.map((goal, i) => {
        const step = stepsTo[i] ?? null
        return step === null ? `never below ${goal}` : `below ${goal} after ${counted(step, 'step')}`
      })
      say(
        [`${entry.cell.name}, seed ${seed}: ${outcome}`, ...goals, `${rate(stepsPerSecond)} steps/s`].join(
          '; ',
        ),
      )
    },
    end(results) {
      live?.clear()
      if (results.length === 0) return
      say('', ...curves(comparison, results, output))
      say('', ...resultTable(comparison, results, output), '', ...sentences(comparison, results))
    },
  }
}

/** How long everyone learns: `1,000 steps`, or `as many steps as fit in 30 s: lstm 2,110, gru 2,400`. */
function paceOf({ entries, seconds }: Comparison): string {
  if (seconds === undefined) return counted(entries[0]!.steps, 'step')
  const each = entries.map(({ cell, steps }) => `${cell.name} ${count(steps)}`).join(', ')
  return `as many steps as fit in ${duration(seconds)} (${each})`
}

/** The mean learning curve of every cell. */
function curves({ entries, experiment }: Comparison, results: readonly Result[], output: Output): string[] {
  const lines = entries.map((entry) => ({
    name: entry.cell.name,
    points: meanCurve(results.filter((result) => result.entry === entry).map(({ curve }) => curve)),
  }))
  const { style } = output
  const drawn = chart(lines, {
    columns: Math.min(output.columns(), 80),
    rows: chartRows,
    style,
    format: score,
  })
  return drawn.length === 0 ? [] : [`${experiment.measure.title}, while training`, ...drawn]
}

function resultTable(
  { entries, experiment }: Comparison,
  results: readonly Result[],
  { style }: Output,
): string[] {
  const heading = [
    'cell',
    'hidden',
    'parameters',
    experiment.measure.title,
    'of each seed',
    ...experiment.goals.map((goal) => `steps to ${goal}`),
  ]
  const ranked = entries
    .map((entry) => ({ entry, own: results.filter((result) => result.entry === entry) }))
    .filter(({ own }) => own.length > 0)
    .map(({ entry, own }) => ({ entry, own, ...summarise(own) }))
    .toSorted((a, b) => rank(a.mean) - rank(b.mean))
  const rows = ranked.map(({ entry, own, mean, spread, scores }) => [
    entry.cell.name,
    count(entry.hiddenSize),
    count(entry.parameters),
    Number.isNaN(mean) ? 'broke off' : spread === null ? score(mean) : spreadScore(mean, spread),
    scores.map((value) => (Number.isNaN(value) ? '–' : score(value))).join(' '),
    ...experiment.goals.map((_, i) => stepsCell(own.map(({ stepsTo }) => stepsTo[i] ?? null))),
  ])
  return table(heading, rows, { alignRight: [1, 2], style })
}

function rank(mean: number): number {
  return Number.isNaN(mean) ? Infinity : mean
}

/** The steps to a goal over the seeds: `420`, `380–510`, `380 (1 of 3 seeds)`, `never`. */
function stepsCell(steps: readonly (number | null)[]): string {
  const reached = steps.filter((step) => step !== null).toSorted((a, b) => a - b)
  const [fastest, slowest] = [reached[0], reached.at(-1)]
  if (fastest === undefined || slowest === undefined) return 'never'
  const range = fastest === slowest ? count(fastest) : `${count(fastest)}–${count(slowest)}`
  return reached.length === steps.length ? range : `${range} (${reached.length} of ${steps.length} seeds)`
}

/** What the table does and does not show. */
function sentences({ entries, seeds }: Comparison, results: readonly Result[]): string[] {
  const present = entries.filter((entry) => results.some((result) => result.entry === entry))
  if (present.length < 2) return []
  const isWhole = results.length === entries.length * seeds.length
  const stopped = isWhole ? [] : ['Stopped: not all seeds have run.']
  const fewest = Math.min(
    ...present.map((entry) => results.filter((result) => result.entry === entry).length),
  )
  if (fewest < fewestSeeds) {
    return [
      ...stopped,
      `${counted(fewest, 'seed')} can differ by chance alone: take --seeds ${fewestSeeds} or more to tell cells apart.`,
    ]
  }
  const { better, undecided } = verdicts(present, results)
  const meanOf = (entry: Entry) => summarise(results.filter((result) => result.entry === entry)).mean
  return [
    ...stopped,
    ...better.map(([a, b]) => {
      const difference = meanOf(b) - meanOf(a)
      const by = Number.isNaN(difference) ? '' : `, by ${score(difference)} on average`
      return `${a.cell.name} is better than ${b.cell.name}: each of its seeds beats each of the other's${by}.`
    }),
    ...undecided.map(
      ([a, b]) =>
        `${a.cell.name} and ${b.cell.name} are within the spread: these seeds do not tell them apart.`,
    ),
  ]
}
