import type { Tree } from '@tapeloop/core'
import type { Evaluation } from './evaluate.js'
import type { NonFinite } from './non-finite.js'

/** Before anything else. */
export interface StartEvent {
  readonly type: 'start'
  /** How many updates are already made: 0, or those of the checkpoint. */
  readonly step: number
  /** After how many the training is done. */
  readonly totalSteps: number
  /** How many numbers are learned. */
  readonly parameters: number
  /** The checkpoint that the training goes on from, or null. */
  readonly checkpoint: string | null
}

/** After each update. */
export interface StepEvent {
  readonly type: 'step'
  /** How many updates are made, this one included. */
  readonly step: number
  /** Which pass over the data the batch was of, from 0. */
  readonly epoch: number
  /** The loss of the batch, before the update. */
  readonly loss: number
  /** The norm of all gradients together, before clipping. */
  readonly gradNorm: number
  /** The further metrics of the task. */
  readonly metrics: Readonly<Record<string, number>>
  /** How long the step took, the reading of the batch included. */
  readonly seconds: number
}

/** After the last step of an epoch. */
export interface EpochEvent {
  readonly type: 'epoch'
  readonly step: number
  /** The pass over the data that has ended, from 0. */
  readonly epoch: number
  /** The mean of the losses of its batches, each before its update. */
  readonly loss: number
}

/** After an evaluation on the validation data. */
export interface ValidationEvent<Params extends Tree> extends Evaluation {
  readonly type: 'validation'
  readonly step: number
  readonly epoch: number
  /** What was evaluated. The next step spends it: use it before the next event. */
  readonly params: Params
  readonly seconds: number
}

/** What the sample hook drew. */
export interface SampleEvent<Sample> {
  readonly type: 'sample'
  readonly step: number
  readonly sample: Sample
}

/** After a checkpoint is saved. */
export interface CheckpointEvent {
  readonly type: 'checkpoint'
  readonly step: number
  readonly name: string
}

/** The last event where the signal was aborted: all is saved, and the same call goes on from there. */
export interface InterruptedEvent<Params extends Tree> {
  readonly type: 'interrupted'
  readonly step: number
  readonly checkpoint: string | null
  readonly params: Params
}

/** The last event where an update was not finite and so not made; then the stream throws `message`. */
export interface NonFiniteEvent {
  readonly type: 'nonfinite'
  /** How many updates were made; the next one was not. */
  readonly step: number
  readonly message: string
  /** The first op and time step, where the replay found one. */
  readonly found: NonFinite | null
  /** The last good checkpoint. */
  readonly checkpoint: string | null
}

/** The last event where all steps were made. */
export interface DoneEvent<Params extends Tree> {
  readonly type: 'done'
  readonly step: number
  /** How many whole passes over the data were made. */
  readonly epoch: number
  /** The loss of the last batch; null where there was nothing left to do. */
  readonly loss: number | null
  /** The evaluation of `params`; null where there is no validation data. */
  readonly validation: Evaluation | null
  /** The step of the best validation, where training may stop early: its parameters are `params`. */
  readonly bestStep?: number
  readonly checkpoint: string | null
  readonly params: Params
  /** How long it took in all, evaluations and saving included. */
  readonly seconds: number
}

/** What `fit` tells, in the order in which it happens. */
export type FitEvent<Params extends Tree, Sample = never> =
  | StartEvent
  | StepEvent
  | EpochEvent
  | ValidationEvent<Params>
  | SampleEvent<Sample>
  | CheckpointEvent
  | InterruptedEvent<Params>
  | NonFiniteEvent
  | DoneEvent<Params>
