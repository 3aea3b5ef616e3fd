import type { Start } from './model.js'

/** What can be changed from a step of a training on. */
interface LaneHyperparameters {
  readonly learningRate: number
  /** the largest norm of the gradient; 0 for no bound */
  readonly clip: number
  readonly lag: number
}

/** A training that leaves another one at some step, with something changed. */
export interface Branch extends LaneHyperparameters {
  /** the id of the training it leaves */
  readonly from: string
  readonly step: number
}

/** Everything that a session follows from. */
export interface Setup extends LaneHyperparameters {
  readonly task: string
  /** the cells side by side, one training each */
  readonly cells: readonly string[]
  readonly units: number
  readonly start: Start
  readonly optimizer: string
  readonly batchSize: number
  readonly seed: number
  readonly steps: number
  readonly branches: readonly Branch[]
}

/** One training of a session. */
export interface Lane extends LaneHyperparameters {
  readonly id: string
  readonly cell: string
  readonly from?: { readonly lane: string; readonly step: number }
}

/** The trainings of a setup: one a cell, then one a branch. */
export function lanesOf({ cells, branches, ...setup }: Setup): Lane[] {
  const { learningRate, clip, lag } = setup
  const lanes: Lane[] = cells.map((cell) => ({ id: cell, cell, learningRate, clip, lag }))
  for (const { from, step, ...changed } of branches) {
    const parent = lanes.find(({ id }) => id === from)
    if (parent === undefined) continue
    const count = lanes.filter((lane) => lane.from?.lane === from).length
    lanes.push({ id: `${from}-${count + 1}`, cell: parent.cell, ...changed, from: { lane: from, step } })
  }
  return lanes
}

/** How often networks are looked into: often enough for a picture, and not to slow the training down. */
export function observeEvery({ steps }: Pick<Setup, 'steps'>): number {
  return Math.max(1, Math.round(steps / 160))
}
