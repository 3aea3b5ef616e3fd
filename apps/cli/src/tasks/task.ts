import type { Backend, Tree } from '@tapeloop/core'
import type { TextChange, Tokenizer } from '@tapeloop/data'
import type { LanguageModel, LanguageModelParams } from '@tapeloop/models'
import type { DoneEvent, Evaluation, FitEvent, FitOptions, StepEvent, StoredTensors } from '@tapeloop/train'
import type { SettingSpecs } from '../flags/specs.js'
import type { Source } from '../sources/source.js'
import type { Style } from '../terminal/output.js'
import type { RunConfig } from '../training/config.js'
import type { Chosen } from '../training/settings.js'

/** The tasks there are. */
export const taskNames = ['language-model', 'classify', 'forecast'] as const

/** The name of a task. */
export type TaskName = (typeof taskNames)[number]

/** Plain JSON by name. */
export type JsonRecord = Readonly<Record<string, unknown>>

/**
 * A kind of task, from the files a user names to what a trained model says: one record each, in a file of its own. The
 * commands know no more of a task than this.
 */
export interface TaskKind {
  readonly name: TaskName
  /** what it makes, for people: `a language model` */
  readonly title: string
  /** the settings that only it has */
  readonly settings: SettingSpecs
  /** what is better for it than a default; undefined is what it settles by the data */
  readonly presets: JsonRecord
  /** how many steps are made at most where the user does not say */
  readonly mostSteps: number
  /**
   * Makes something to learn of what the user named.
   *
   * @throws one sentence where that cannot be used for this task
   */
  begin(source: Source, chosen: Chosen, notice?: Notice): Promise<Beginning>
  /** The same, from what the folder of a run keeps. */
  resume(opened: Kept): Promise<Learner>
  /** A trained model, by the weights that are given. */
  load(opened: Kept, weights: StoredTensors, where: string): Promise<Trained>
}

/** Hears of something that takes long: what it is, and how much of it is done, from 0 to 1. */
export type Notice = (what: string, done: number) => void

/** What the folder of a run keeps. */
export interface Kept {
  readonly config: RunConfig
  readonly tokenizer: Tokenizer | null
  /** Reads a file that `begin` gave. */
  read(file: string): Promise<string>
}

/** The start of a run: something to learn, and what its folder is to keep. */
export interface Beginning {
  readonly learner: Learner
  readonly tokenizer: Tokenizer | null
  /** texts by the names of their files, from which the run can be resumed wherever the user's files are */
  readonly files: Readonly<Record<string, string>>
  /** settings of the task as they follow from the data where the user does not say */
  readonly settled: JsonRecord
  /** what the model needs to know of the data: labels, scales; plain JSON */
  readonly found: JsonRecord
}

/** Data and a model for it, whose types concern nobody outside of the task. */
export interface Learner {
  /** what was found in the data, a line each, for people */
  readonly lines: readonly string[]
  /** the same for programs */
  readonly summary: JsonRecord
  /** what reading the data changed */
  readonly changes: readonly TextChange[]
  readonly parameters: number
  readonly batchesPerEpoch: number
  /** how large a batch is: in what passes by, and in words: `32 × 64 characters` */
  readonly batch: { readonly size: number; readonly noun: string; readonly text: string }
  /** how much there is to validate on, in the same unit; 0 where there is nothing */
  readonly validation: number
  readonly measure: Measure
  fit(how: FitHow): AsyncGenerator<LearnerEvent, void, undefined>
}

/** How losses and scores are shown. */
export interface Measure {
  /** the unit of losses, in the shortest form, or nothing */
  readonly lossUnit: string
  /** A training loss to show. */
  loss(event: Pick<StepEvent, 'loss' | 'metrics'>): number
  /** A validation to show: in the line that changes, in a line of its own, and in the last one. */
  validation(evaluation: Evaluation): Readonly<Record<'short' | 'long' | 'final', string>>
  /** The same for programs, with names that say the unit. */
  json(evaluation: Evaluation): Readonly<Record<string, number>>
}

/** What a training is told besides its data. */
type FitHow = Pick<
  FitOptions<Tree, never, never>,
  'optimizer' | 'steps' | 'seed' | 'run' | 'backend' | 'signal' | 'clip' | 'earlyStopping' | 'checkpoint'
> & {
  readonly validateEvery?: number
  readonly sampleEvery?: number
  /** told before each batch of a validation */
  validating?(done: number, total: number): void
}

/** What becomes of a training, with the test at its end. */
export type LearnerEvent =
  | Exclude<FitEvent<Tree, string>, { readonly type: 'done' }>
  | (DoneEvent<Tree> & { readonly test: TestResult | null })

/** What a model was found to be on data that it never saw. */
export interface TestResult {
  /** what the last event has of it */
  readonly json: JsonRecord
  /** the same for people */
  lines(style: Style): string[]
}

/** A model that has learned. */
export interface Trained {
  /** Measures the model on data of the kind that it was trained on. */
  evaluate(source: Source, how: EvaluateHow): Promise<TestResult>
  /** What the model says of rows of a table. */
  readonly predict: Predictor
  /** How it writes, where it is a language model. */
  readonly writer: Writer | null
}

/** A row of a table: its values by the names of the columns. */
export type Row = Readonly<Record<string, unknown>>

/** Gives each row back with what the model says of it; a forecast has further rows. */
type Predictor = (rows: AsyncIterable<Row>) => AsyncIterable<Row>

/** A language model, with what writing takes. */
export interface Writer {
  readonly model: LanguageModel
  readonly params: LanguageModelParams
  readonly tokenizer: Tokenizer
  /** the lines that it learned from, where each was a text of its own; null otherwise */
  learned(): Promise<ReadonlySet<string> | null>
}

/** How a model is evaluated. */
export interface EvaluateHow {
  readonly backend: Backend
  /** read in so many parts side by side, where what is read is one text */
  readonly lanes: number
  progress(done: number, total: number): void
}
