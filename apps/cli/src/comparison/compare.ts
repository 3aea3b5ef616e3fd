import type { Cell } from '@tapeloop/layers'
import { hiddenSizeFor, unitsAtOnce, type Backend } from '@tapeloop/tapeloop'
import { optionsFor } from '../flags/cell-options.js'
import type { CommonSettings } from '../training/settings.js'
import { pacedEntries } from './pace.js'
import { Stopped, type Contender, type Experiment, type Outcome } from './experiment.js'

/** A cell in a comparison. */
export interface Entry extends Contender {
  readonly parameters: number
  /** how many batches it learns from */
  readonly steps: number
}

/** One training of a comparison that is over. */
export interface Result extends Outcome {
  readonly entry: Entry
  readonly seed: number
}

/** A comparison: who takes part, and how often. */
export interface Comparison {
  readonly experiment: Experiment
  readonly entries: readonly Entry[]
  /** how many parameters every cell should have */
  readonly parameters: number
  readonly settings: CommonSettings
  /** seconds that every training may take, where time and not steps are equal */
  readonly seconds?: number
  readonly seeds: readonly number[]
}

/** Hears how a comparison goes. */
export interface ComparisonReporter {
  begin(comparison: Comparison): void
  /** a training is under way: so many of the whole comparison's steps are made */
  progress(entry: Entry, seed: number, step: number, loss: number, stepsBefore: number): void
  result(result: Result): void
  /** all trainings are over, or those until the user stopped it */
  end(results: readonly Result[]): void
}

/** What is equal for all cells of a comparison. */
export interface Sizes {
  /** of the first cell, whose parameters the others have as well */
  readonly hidden: number
  /** in the place of that */
  readonly parameters: number | undefined
  readonly steps: number
}

/** Every cell with the hidden size that is nearest to a number of parameters: those of the first one, unless said. */
export function entriesFor(
  experiment: Experiment,
  cells: readonly Cell[],
  options: Readonly<Record<string, unknown>>,
  { hidden, parameters, steps }: Sizes,
): { entries: Entry[]; parameters: number } {
  const contenders = cells.map((cell) => ({ cell, options: optionsFor(cell, options) }))
  const sizeOf = (contender: (typeof contenders)[number], hiddenSize: number) =>
    experiment.parametersOf({ ...contender, hiddenSize })
  const target = parameters ?? sizeOf(contenders[0]!, hidden)
  const entries = contenders.map((contender) => {
    const multipleOf = unitsAtOnce(contender.cell.options, contender.options)
    const hiddenSize = hiddenSizeFor((size) => sizeOf(contender, size), target, { multipleOf })
    return { ...contender, hiddenSize, parameters: sizeOf(contender, hiddenSize), steps }
  })
  return { entries, parameters: target }
}

/**
 * Trains every cell with every seed; where seconds and not steps are equal, the pace of each cell is measured first. All
 * cells have their first seed before any has its second, so that a comparison that is stopped is still one.
 *
 * @returns the comparison with everyone's steps, and the results; those until then where the signal was aborted
 */
export async function compare(
  planned: Comparison,
  reporter: ComparisonReporter,
  backend: Backend,
  signal: AbortSignal,
): Promise<{ comparison: Comparison; results: Result[] }> {
  const results: Result[] = []
  let comparison: Comparison | null = null
  let before = 0
  try {
    comparison = await paced(planned, backend, signal)
    const { experiment, entries, settings, seeds } = comparison
    reporter.begin(comparison)
    for (const seed of seeds) {
      for (const entry of entries) {
        const { steps } = entry
        const progress = (step: number, loss: number) => reporter.progress(entry, seed, step, loss, before)
        const outcome = await experiment.run(entry, { settings, steps, seed, backend, signal, progress })
        const result = { ...outcome, entry, seed }
        results.push(result)
        before += steps
        reporter.result(result)
      }
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
  }
  if (comparison !== null) reporter.end(results)
  return { comparison: comparison ?? planned, results }
}

async function paced(planned: Comparison, backend: Backend, signal: AbortSignal): Promise<Comparison> {
  const { experiment, entries, settings, seconds, seeds } = planned
  if (seconds === undefined) return planned
  const how = { settings, seed: seeds[0]!, backend, signal }
  return { ...planned, entries: await pacedEntries(experiment, entries, seconds, how) }
}
