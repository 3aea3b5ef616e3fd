import { TapeloopError, type Backend } from '@tapeloop/core'
import type { Cell } from '@tapeloop/layers'
import fc from 'fast-check'
import { drawn } from '../draw.js'
import type { ConformanceOptions } from '../op-conformance.js'
import { checkCopyTask } from './copy-task.js'
import {
  checkCompiled,
  checkDerivatives,
  checkInit,
  checkMapped,
  checkPadding,
  checkPrecision,
  checkReached,
  checkRows,
  checkSaved,
} from './invariants.js'
import {
  checkCausality,
  checkCheckpoints,
  checkLoop,
  checkReverse,
  checkReversePadding,
  checkTimeSplit,
} from './over-time.js'
import { cellSubject, drawSample, type CellSubject, type LayerSample, type LayerSubject } from './sample.js'

/** How thoroughly to check, and where layers learn. */
export interface LayerCheckOptions extends ConformanceOptions {
  /** where tasks are learned; the reference unless said */
  readonly backend?: Backend
}

/** One requirement on every layer over sequences. It throws with a small counterexample and its seed. */
export interface LayerCheck<Subject = LayerSubject> {
  readonly title: string
  check(subject: Subject, options?: LayerCheckOptions): void
}

/** What every layer over sequences is held to. */
export const layerChecks: readonly LayerCheck[] = [
  {
    title: 'has the derivatives that differences have, to the second order',
    check: property(checkDerivatives),
  },
  { title: 'uses every parameter and every state', check: property(checkReached, 5) },
  { title: 'keeps the rows of a batch apart', check: property(checkRows) },
  { title: 'under vmap does what it does one by one', check: property(checkMapped) },
  { title: 'is not changed by padding, not even by NaN', check: property(checkPadding) },
  { title: 'draws its parameters from the key', check: property(checkInit) },
  { title: 'survives saving and loading', check: property(checkSaved) },
  { title: 'computes in float32 too', check: property(checkPrecision) },
  { title: 'compiles to the same bits', check: property(checkCompiled) },
]

/** What a cell must learn. */
export const taskChecks: readonly LayerCheck<CellSubject>[] = [
  {
    title: 'learns to copy three symbols',
    check: ({ name, stacked }, { backend } = {}) =>
      checkCopyTask(name, stacked({ inputSize: 12, hiddenSize: 12 }), backend),
  },
]

/** What holds for every cell, whatever it has learned. */
export const invariantChecks: readonly LayerCheck<CellSubject>[] = [
  ...layerChecks,
  { title: 'over time does what a loop of its steps does', check: property(checkLoop) },
  { title: 'continues from a state', check: property(checkTimeSplit) },
  { title: 'sees no later input', check: property(checkCausality) },
  { title: 'runs in reverse', check: property(checkReverse) },
  { title: 'runs in reverse from the end of each row', check: property(checkReversePadding) },
  { title: 'recomputes instead of keeping', check: property(checkCheckpoints) },
]

/** What a cell is held to. */
export const cellChecks: readonly LayerCheck<CellSubject>[] = [...invariantChecks, ...taskChecks]

/** Holds a cell to all checks but golden numbers: see `checkGolden`. */
export function checkCell(cell: Cell, options?: LayerCheckOptions): void {
  for (const { check } of cellChecks) check(cellSubject(cell), options)
}

function property(holds: (sample: LayerSample) => void, usual = 20): LayerCheck['check'] {
  return (subject, { runs = usual, seed = 0 } = {}) => {
    const samples = drawn(
      (draw) => {
        const sample = drawSample(subject, draw)
        const { shows, data } = sample
        // functions say nothing in a counterexample
        return Object.assign(sample, { [fc.toStringMethod]: () => fc.stringify({ ...shows, data }) })
      },
      { length: 24 },
    )
    const { failed, counterexample, errorInstance } = fc.check(fc.property(samples, holds), {
      numRuns: runs,
      seed,
    })
    if (!failed) return
    const said = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
    const smallest = fc.stringify(counterexample?.[0])
    throw new TapeloopError(`${said}\nThis is the smallest counterexample of seed ${seed}: ${smallest}`, {
      cause: errorInstance,
    })
  }
}
