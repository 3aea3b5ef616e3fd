/** Cells in training, forward and backward, on the CPU backend: what the reference backend says, to rounding. */
import { wasm } from '@tapeloop/backend-wasm'
import {
  compile,
  flatten,
  normal,
  randomKey,
  reference,
  valueAuxAndGrad,
  type Backend,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import {
  cells,
  clipState,
  gru,
  highway,
  lstm,
  minGru,
  recurrent,
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
import { expect, test } from 'vitest'
import { checkClose } from '../closeness.js'
import type { AnyLayer } from './sample.js'

const cpu = await wasm()
const key = randomKey(9)
const tolerance = 1e-4 // gradients through a norm over few units lose digits

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
  ({ cell, how }) => {
    const layer = recurrent(cell, { inputSize: 6, hiddenSize: 6 }, how) as AnyLayer
    const params = layer.init(randomKey(1), 'float32')
    const step = valueAuxAndGrad((params: Tree, x: Tensor) => {
      const { output, state } = layer.apply(params, x, { key })
      return [output.mul(output).sum(), { output, state } as Tree]
    })
    const x = normal(randomKey(2), [3, 5, 6])
    const results = (backend: Backend) =>
      flatten(compile((params: Tree, x: Tensor) => step(params, x) as Tree, { backend })(params, x)).leaves
    const expected = results(reference)
    checkClose(cell.name, results(cpu), expected, tolerance)
    expect(expected.every((leaf) => leaf.dataSync().every(Number.isFinite))).toBe(true)
  },
)
