import type { Entry, Result } from './compare.js'
import { compareScores } from './statistics.js'

type Pair = readonly [Entry, Entry]

/** Of all pairs of cells those of which one is better (it comes first), and those that the seeds do not tell apart. */
export function verdicts(
  entries: readonly Entry[],
  results: readonly Result[],
): { readonly better: Pair[]; readonly undecided: Pair[] } {
  const scoresOf = (entry: Entry) =>
    results.filter((result) => result.entry === entry).map(({ score }) => score)
  const better: Pair[] = []
  const undecided: Pair[] = []
  entries.forEach((a, i) => {
    for (const b of entries.slice(i + 1)) {
      const verdict = compareScores(scoresOf(a), scoresOf(b))
      if (verdict === 'undecided') undecided.push([a, b])
      else better.push(verdict === 'first' ? [a, b] : [b, a])
    }
  })
  return { better, undecided }
}
