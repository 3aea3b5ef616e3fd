import type { BatchSource } from '@tapeloop/train'
import type { Setup } from './setup.js'

/** Sequences of numbers, all of one length, and what is to be said at each time. */
export interface LaneBatch {
  /** `[rows, time, inputs]` */
  readonly x: Float32Array
  /** what is right: a number or the place of a symbol a time `[rows, time]`, or a yes or no a symbol `[rows, time, outputs]` */
  readonly y: Float32Array
  /** 1 where an answer counts, 0 elsewhere: `[rows, time]` */
  readonly asked: Float32Array
  readonly shape: readonly [rows: number, time: number]
}

/** How long, how many, and which. */
interface LaneBatchOptions {
  readonly lag: number
  readonly batchSize: number
  readonly seed: number
}

/** Something to learn from sequences, with a dial for how long they are. */
export interface LaneTask {
  readonly name: string
  readonly title: string
  readonly about: string
  /** what the dial turns, and how far */
  readonly lag: { readonly label: string; readonly min: number; readonly max: number; readonly usual: number }
  /** what else is usual for it alone */
  readonly usual?: Partial<Pick<Setup, 'units' | 'steps' | 'learningRate'>>
  /** names of the input features */
  readonly inputs: readonly string[]
  /** numbers that a network puts out at each time */
  readonly outputs: number
  /** numbers right by their squares, one symbol right of many, or for each symbol whether it may come */
  readonly answer: 'number' | 'symbol' | 'set'
  batches(options: LaneBatchOptions): BatchSource<LaneBatch>
}
