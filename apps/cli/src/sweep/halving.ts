/** A trial as far as it came. */
export interface Climber {
  readonly id: number
  /** the rung it has reached, −1 for none */
  readonly rung: number
  /** its score at each rung it has reached */
  readonly scores: readonly number[]
}

/** Rungs a trial climbs at most, the first one aside. */
const climbs = 3

/**
 * The steps at which trials of so many steps are compared, each `eta` times the one before; null, the end, is the last.
 */
export function rungsOf(steps: number, eta: number): (number | null)[] {
  const rungs: number[] = []
  for (let rung = Math.ceil(steps / eta ** climbs); rung < steps; rung *= eta) rungs.push(rung)
  return [...rungs, null]
}

/**
 * Asynchronous successive halving (Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht & Talwalkar 2020,
 * algorithm 2): the trial that should go on to the next rung, from the highest rung down; it is among the best
 * `1 / eta` of all that reached its rung.
 *
 * @param busy trials that are on their way already
 * @returns its id, or null where a new trial should begin
 */
export function promotable(
  trials: readonly Climber[],
  busy: ReadonlySet<number>,
  { rungs, eta }: { readonly rungs: number; readonly eta: number },
): number | null {
  for (let rung = rungs - 2; rung >= 0; rung--) {
    const reached = trials.filter((trial) => trial.rung >= rung)
    const best = reached
      .toSorted((a, b) => a.scores[rung]! - b.scores[rung]! || a.id - b.id)
      .slice(0, Math.floor(reached.length / eta))
    const next = best.find(
      (trial) => trial.rung === rung && !busy.has(trial.id) && Number.isFinite(trial.scores[rung]),
    )
    if (next !== undefined) return next.id
  }
  return null
}
