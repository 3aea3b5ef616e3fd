import type { Outcome } from './experiment.js'

/** The scores of one cell over its seeds. */
export interface Summary {
  readonly scores: readonly number[]
  /** NaN where a training broke off */
  readonly mean: number
  /** the standard deviation between seeds (with n − 1); null for a single one */
  readonly spread: number | null
}

/** Mean and spread of the scores of one cell. */
export function summarise(outcomes: readonly Pick<Outcome, 'score'>[]): Summary {
  const scores = outcomes.map(({ score }) => score)
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0)
  return { scores, mean, spread: scores.length < 2 ? null : Math.sqrt(squares / (scores.length - 1)) }
}

/** What two cells' scores say of which is better. */
export type Verdict = 'first' | 'second' | 'undecided'

/** With fewer seeds than these, cells that are equally good come out apart by chance all too often. */
export const fewestSeeds = 3

/**
 * One cell is better than another where every one of its seeds is better than every one of the other's; with three
 * seeds each, chance alone does so with one of ten pairs of equals. Fewer seeds decide nothing.
 */
export function compareScores(a: readonly number[], b: readonly number[]): Verdict {
  if (Math.min(a.length, b.length) < fewestSeeds) return 'undecided'
  // what broke off is worse than any score
  const [first, second] = [a, b].map((scores) =>
    scores.map((score) => (Number.isNaN(score) ? Infinity : score)),
  )
  if (Math.max(...first!) < Math.min(...second!)) return 'first'
  return Math.max(...second!) < Math.min(...first!) ? 'second' : 'undecided'
}
