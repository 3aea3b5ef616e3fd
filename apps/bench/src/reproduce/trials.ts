/** All trials of an experiment: for each cell first those that choose its learning rate, then one for each seed. */
import type { Contender, Experiment, Scores, Trial } from './experiment.js'
import type { Store } from './store.js'
import type { Trainer } from './trainers.js'

/** What came of a trial. */
export interface Result {
  readonly trial: Trial
  readonly scores: Scores
}

/** What came of a cell. */
export interface CellResult {
  readonly cell: string
  readonly parameters: number
  /** the learning rate that was chosen */
  readonly rate: number
  /** with that rate, one for each seed */
  readonly scores: readonly Scores[]
}

/**
 * Makes all trials that are not kept yet, and keeps each as it ends.
 *
 * @param told of each trial, with whether it was kept from before
 */
export async function runTrials(
  experiment: Experiment,
  train: Trainer,
  store: Store,
  told: (result: Result, isKept: boolean) => void,
): Promise<CellResult[]> {
  const { rates, searchSeed, searchSteps, seeds, steps } = experiment.settings

  async function make(trial: Trial): Promise<Scores> {
    const kept = await store.get(trial)
    const scores = kept ?? (await train(trial))
    if (kept === null) await store.put(trial, scores)
    told({ trial, scores }, kept !== null)
    return scores
  }

  async function resultOf(contender: Contender): Promise<CellResult> {
    const cell = contender.name
    const search = async (rate: number) => {
      const scores = await make({ cell, rate, seed: searchSeed, steps: searchSteps })
      return { rate, loss: scores[experiment.chooseBy] ?? Infinity }
    }
    const rate = rates.length === 1 ? rates[0]! : best(await Promise.all(rates.map(search)))
    const scores = await Promise.all(seeds.map((seed) => make({ cell, rate, seed, steps })))
    return { cell, parameters: experiment.parametersOf(contender), rate, scores }
  }

  return Promise.all(experiment.contenders.map(resultOf))
}

/** The rate with the smallest loss; the first where all broke down. */
function best(found: readonly { readonly rate: number; readonly loss: number }[]): number {
  return found.reduce((least, each) => (each.loss < least.loss ? each : least)).rate
}
