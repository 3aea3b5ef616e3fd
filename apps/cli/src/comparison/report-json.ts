import type { Output } from '../terminal/output.js'
import type { Comparison, ComparisonReporter, Entry } from './compare.js'
import type { Outcome } from './experiment.js'
import { summarise } from './statistics.js'
import { verdicts } from './verdicts.js'

/** Shows a comparison as JSON: one line for each training, and one for all of them. */
export function jsonComparison(output: Output): ComparisonReporter {
  let comparison: Comparison
  const emit = (event: object) => output.write(`${JSON.stringify(event)}\n`)

  /** `{ "0.05": 400, "0.01": null }`, where the experiment has goals. */
  function goalsOf({ stepsTo }: Pick<Outcome, 'stepsTo'>) {
    const { goals } = comparison.experiment
    if (goals.length === 0) return {}
    return { stepsTo: Object.fromEntries(goals.map((goal, i) => [goal, stepsTo[i] ?? null])) }
  }
  const sizesOf = ({ cell, hiddenSize, parameters }: Entry) => ({
    cell: cell.name,
    hidden: hiddenSize,
    parameters,
  })

  return {
    begin: (begun) => void (comparison = begun),
    progress: () => undefined,
    result(result) {
      const { experiment } = comparison
      const { entry, seed, score, stepsPerSecond, divergedAt } = result
      emit({
        type: 'run',
        experiment: experiment.name,
        ...sizesOf(entry),
        seed,
        steps: entry.steps,
        [experiment.measure.key]: finite(score),
        ...goalsOf(result),
        stepsPerSecond,
        divergedAt,
      })
    },
    end(results) {
      const { experiment, entries, parameters, seconds, settings } = comparison
      const cells = entries.map((entry) => {
        const own = results.filter((result) => result.entry === entry)
        const { scores, mean, spread } = summarise(own)
        return {
          ...sizesOf(entry),
          seeds: own.map(({ seed }) => seed),
          scores: scores.map(finite),
          mean: finite(mean),
          spread: spread === null ? null : finite(spread),
          ...(experiment.goals.length > 0 && { stepsTo: own.map((result) => goalsOf(result).stepsTo) }),
        }
      })
      const { better, undecided } = verdicts(entries, results)
      emit({
        type: 'summary',
        experiment: experiment.name,
        measure: experiment.measure.key,
        parameters,
        // where all have equally many: with --seconds each cell has its own
        ...(seconds === undefined ? { steps: entries[0]!.steps } : { seconds }),
        settings,
        cells,
        better: better.map(([a, b]) => [a.cell.name, b.cell.name]),
        undecided: undecided.map(([a, b]) => [a.cell.name, b.cell.name]),
      })
    },
  }
}

/** JSON has no NaN: null says that there is no number. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
