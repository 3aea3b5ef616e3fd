/** Cells in training, forward and backward, on the CPU backend: what the reference backend says, to rounding. */
import { wasm } from '@tapeloop/backend-wasm'
import {
  cells,
  clipState,
  gru,
  highway,
  lstm,
  minGru,
  recurrentDropout,
  resetOn,
  variationalDropout,
  weightDrop,
  withDropout,
  withLayerNorm,
  withOptions,
  zoneout,
  type Cell,
  type RecurrentOptions,
} from '@tapeloop/layers'
import { test } from 'vitest'
import { checkCellOnBackend } from './on-backend.js'

const cpu = await wasm()

interface Run {
  readonly cell: Cell
  readonly how?: RecurrentOptions
}

const runs: readonly Run[] = [
  ...Object.values<Cell>(cells),
  zoneout(lstm, 0.3),
  variationalDropout(lstm, { input: 0.3, state: 0.3 }),
  recurrentDropout(lstm, 0.3),
  weightDrop(lstm, 0.3),
  withDropout(gru, 0.3),
  highway(lstm) as unknown as Cell,
  withLayerNorm(gru) as unknown as Cell,
  clipState(lstm, { c: 0.5 }),
  resetOn(lstm, (x) => x.sum(-1).greater(0)),
].map((cell) => ({ cell }))
const atOnce: Run = { cell: withOptions(minGru, { candidate: 'positive' }), how: { parallel: true } }

test.each([...runs, atOnce].map((run) => ({ ...run, name: run.cell.name })))(
  '$name',
  { timeout: 60_000 },
  ({ cell, how }) => checkCellOnBackend(cpu, cell, how),
)
