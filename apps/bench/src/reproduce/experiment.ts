/** What an experiment is: a task with its protocol, the cells that take part, and what was published of them. */
import type { Cell } from '@tapeloop/tapeloop'

/** A cell that takes part. */
export interface Contender {
  /** how rows and trials call it */
  readonly name: string
  readonly cell: Cell
  /** values of the cell's options; its defaults unless said */
  readonly options?: Readonly<Record<string, never>>
  /** what was published of it on this task, with a word on the source */
  readonly published?: string
}

/** One training. */
export interface Trial {
  /** the contender's name */
  readonly cell: string
  readonly rate: number
  readonly seed: number
  readonly steps: number
}

/** What a trained model was measured to be; null where a goal was never reached, nothing where the training broke down. */
export type Scores = Readonly<Record<string, number | null>>

/** A column of the table. */
export interface Measure {
  /** the score that it shows */
  readonly key: string
  readonly title: string
  readonly better: 'less' | 'more'
  /** digits after the point */
  readonly digits: number
}

/** What a result must come to. It is asked of the median over the seeds. */
export interface PassLine {
  /** a contender, or the best of all */
  readonly of: string | 'the best cell'
  readonly measure: string
  readonly side: 'at most' | 'at least' | 'below'
  readonly bound: number
}

/** The numbers of a protocol that all experiments have. */
export interface Settings {
  readonly steps: number
  /** learning rates to choose from, for each cell by itself */
  readonly rates: readonly number[]
  /** how many steps the trials take by which they are chosen, with a seed of their own */
  readonly searchSteps: number
  readonly searchSeed: number
  readonly seeds: readonly number[]
}

/** A published result to be reproduced. */
export interface Experiment {
  readonly name: string
  readonly title: string
  /** All numbers of the protocol: plain JSON. A trial counts only for the settings it was made with. */
  readonly settings: Settings
  readonly contenders: readonly Contender[]
  readonly measures: readonly Measure[]
  /** the score, of which less is better, that chooses the learning rate */
  readonly chooseBy: string
  readonly passLines: readonly PassLine[]
  /** how it is done: sentences */
  readonly protocol: readonly string[]
  /** where that is not what was published: sentences */
  readonly differences: readonly string[]
  /** where the published numbers are from */
  readonly sources: readonly string[]
  /** How many numbers a contender learns. */
  parametersOf(contender: Contender): number
  /** Reads what data there is in a folder, and gives the function that trains and measures. */
  prepare(dataFolder: string): Promise<(contender: Contender, trial: Trial) => Promise<Scores>>
}

/** An experiment as it was recorded, and in a form of few steps that only shows that everything runs. */
export interface Reproduction {
  readonly full: Experiment
  readonly quick: Experiment
}

/** Contenders under the names of their cells, with what was published of some. */
export function contendersOf(
  cells: Readonly<Record<string, Cell>>,
  names: readonly string[],
  published: Readonly<Record<string, string>> = {},
): Contender[] {
  return names.map((name) => ({
    name,
    cell: cells[name]!,
    ...(published[name] !== undefined && { published: published[name] }),
  }))
}
