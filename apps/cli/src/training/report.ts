import type { Learner, LearnerEvent } from '../tasks/task.js'
import type { RunConfig } from './config.js'

/** What a training is about to do. */
export interface Plan {
  readonly out: string
  readonly config: RunConfig
  readonly learner: Learner
  /** the cell's title */
  readonly title: string
  readonly backend: string
  /** why it is this task, where the user did not say */
  readonly guess: string | null
}

/** Shows a training: as a line that changes, as lines, or as JSON. */
export interface Reporter {
  begin(plan: Plan): void
  event(event: LearnerEvent): void
  /** some of the validation data is evaluated */
  validating(done: number, total: number): void
  /** a request to stop was heard */
  stopping(): void
  /** the training ends, also by an error */
  end(): void
}
