import type { Case, WorkloadName } from '../protocol.js'

/** The peers, as rows name them. */
export const peerNames = ['pytorch', 'tfjs', 'jax-js', 'brain.js', 'onnxruntime'] as const
export type PeerName = (typeof peerNames)[number]

/**
 * What a row is about: the `time` of a run; `first`, that of the first run in a new process, compiling included; the
 * `peak` of resident memory; or how far it has `grown` since before the program was built.
 */
export type Measure = 'time' | 'first' | 'peak' | 'grown'

/** What ours is compared with: a peer, the machine's peak, or Tapeloop itself on another case. */
export interface Opponent {
  readonly peer: PeerName | 'peak' | 'tapeloop'
  /** what it runs */
  readonly case: Case
  /** what the row adds to the case, so that two opponents of a name can be told apart */
  readonly row?: Case
  /** what its measured value is multiplied by; 1 unless said */
  readonly scale?: number
}

/** One benchmark, as a record. */
export interface Benchmark {
  readonly name: string
  /** what is measured, for the head of its table */
  readonly title: string
  /** the program that subjects are asked for */
  readonly workload: WorkloadName
  readonly measures: readonly Measure[]
  /**
   * What can be varied, with the values run unless others are given; nothing in the list means that the case does not
   * mention it unless told.
   */
  readonly axes: Axes
  /** without lists from the user: every axis varied `alone`, at each hidden size, or all `together` */
  readonly vary: 'alone' | 'together'
  opponents(of: Case): readonly Opponent[]
  /** how a measured number is shown; milliseconds or megabytes as they are unless said */
  show?(value: number, of: Case): { readonly value: number; readonly unit: string }
}

/** For each name in a case, its values. */
export type Axes = { readonly [name: string]: readonly (string | number)[] }

/** The hidden sizes of every benchmark. */
export const hiddenSizes = [64, 128, 256, 512] as const

/** Every peer on the case itself. */
export const everyPeer = (of: Case): Opponent[] => peerNames.map((peer) => ({ peer, case: of }))
