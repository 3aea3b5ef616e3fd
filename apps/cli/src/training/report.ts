import type { TextChange } from '@tapeloop/data'
import type { LanguageModelParams } from '@tapeloop/models'
import type { FitEvent } from '@tapeloop/train'
import type { RunConfig } from './config.js'

/** What a training is about to do. */
export interface Plan {
  readonly out: string
  readonly config: RunConfig
  /** the cell's title */
  readonly title: string
  readonly backend: string
  /** how many numbers are learned */
  readonly parameters: number
  /** of the whole text */
  readonly characters: number
  /** how many of them differ */
  readonly vocabulary: number
  readonly trainCharacters: number
  readonly validCharacters: number
  readonly batchesPerEpoch: number
  /** what decoding the text changed */
  readonly changes: readonly TextChange[]
}

/** What becomes of a training. */
export type TrainingEvent = FitEvent<LanguageModelParams, string>

/** Shows a training: as a line that changes, as lines, or as JSON. */
export interface Reporter {
  begin(plan: Plan): void
  event(event: TrainingEvent): void
  /** some of the validation text is evaluated */
  validating(done: number, total: number): void
  /** a request to stop was heard */
  stopping(): void
  /** the training ends, also by an error */
  end(): void
}
