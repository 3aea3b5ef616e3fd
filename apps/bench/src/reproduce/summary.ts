/** What the trials of an experiment come to: medians with their spread, and whether the pass lines are met. */
import type { Experiment, Measure, PassLine, Scores } from './experiment.js'
import type { CellResult } from './trials.js'

/** One score over the seeds. A score that is null counts as the worst. */
export interface Spread {
  readonly median: number | null
  readonly best: number | null
  readonly worst: number | null
}

/** A pass line, and what was found. */
export interface Verdict {
  readonly line: PassLine
  /** the cell it was asked of */
  readonly cell: string
  readonly found: number | null
  readonly isMet: boolean
}

/** The spread of one measure over the seeds; of an even number of them the median is the worse one in the middle. */
export function spreadOf(measure: Measure, scores: readonly Scores[]): Spread {
  const inOrder = scores.map((each) => each[measure.key] ?? null).toSorted(bestFirst(measure))
  const at = (place: number): number | null => inOrder[place] ?? null
  return { best: at(0), median: at(Math.floor(inOrder.length / 2)), worst: at(inOrder.length - 1) }
}

/** Asks the pass lines of the results. */
export function verdictsOf({ passLines, measures }: Experiment, results: readonly CellResult[]): Verdict[] {
  return passLines.map((line) => {
    const measure = measures.find(({ key }) => key === line.measure)!
    const medians = results
      .filter(({ cell }) => line.of === 'the best cell' || cell === line.of)
      .map(({ cell, scores }) => ({ cell, found: spreadOf(measure, scores).median }))
    const [first] = medians.toSorted((a, b) => bestFirst(measure)(a.found, b.found))
    if (!first) throw new Error(`${line.of} takes no part`)
    return { line, ...first, isMet: isMet(line, first.found) }
  })
}

/** From the best to the worst; what never came is the worst, whichever way is better. */
function bestFirst({ better }: Measure) {
  return (a: number | null, b: number | null): number => {
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return better === 'less' ? a - b : b - a
  }
}

function isMet({ side, bound }: PassLine, found: number | null): boolean {
  if (found === null) return false
  if (side === 'at least') return found >= bound
  return side === 'at most' ? found <= bound : found < bound
}
