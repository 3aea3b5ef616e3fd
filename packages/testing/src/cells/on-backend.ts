import {
  compile,
  flatten,
  normal,
  randomKey,
  reference,
  refuse,
  valueAuxAndGrad,
  type Backend,
  type Tensor,
  type Tree,
} from '@tapeloop/core'
import { recurrent, type Cell, type RecurrentOptions } from '@tapeloop/layers'
import { checkClose } from '../closeness.js'
import type { AnyLayer } from './sample.js'

const tolerance = 1e-4 // gradients through a norm over few units lose digits

/**
 * Holds a cell in training on a backend, forward and backward, to what the reference gives: in float32, to 1e-4, for 3 rows
 * of 5 steps.
 *
 * @throws one sentence with the number that differs
 */
export function checkCellOnBackend(backend: Backend, cell: Cell, how?: RecurrentOptions): void {
  const layer: AnyLayer = recurrent(cell, { inputSize: 6, hiddenSize: 6 }, how)
  const params = layer.init(randomKey(1), 'float32')
  const step = valueAuxAndGrad((params: Tree, x: Tensor) => {
    const { output, state } = layer.apply(params, x, { key: randomKey(9) })
    return [output.mul(output).sum(), { output, state } as Tree]
  })
  const x = normal(randomKey(2), [3, 5, 6])
  const results = (on: Backend) =>
    flatten(compile((params: Tree, x: Tensor) => step(params, x) as Tree, { backend: on })(params, x)).leaves
  const expected = results(reference)
  checkClose(`${cell.name} on ${backend.name}`, results(backend), expected, tolerance)
  if (!expected.every((leaf) => leaf.dataSync().every(Number.isFinite)))
    refuse(cell.name, 'in training on 3 rows of 5 steps some numbers are not finite')
}
