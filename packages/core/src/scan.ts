import { refuse } from './errors.js'
import { moveAxis } from './ops/indexing.js'
import { scanOp, sliceOf, traceBody } from './ops/scan.js'
import { resolveAxis, sameShape, showShape } from './shape.js'
import { apply } from './tensor.js'
import {
  checkStructure,
  flatten,
  sameStructure,
  unflatten,
  type Flat,
  type Structure,
  type Tree,
} from './tree.js'

/** How a loop runs. */
export interface ScanOptions {
  /** the axis of the sequences (and of the stacked outputs) that is time; 0 unless said, 1 for batch-first data */
  readonly axis?: number
  /** from the last step to the first; outputs keep the order of the inputs */
  readonly reverse?: boolean
  /** number of steps, where there is no sequence to tell it */
  readonly length?: number
  /**
   * What the backward pass keeps of the forward one: `none` of the work is repeated (the default), `all` of it is, or
   * `sqrt`: the loop is cut into √T blocks, of which only the starts are kept. The gradients are the same.
   */
  readonly checkpoint?: 'none' | 'all' | 'sqrt'
}

/**
 * Folds a step over time: `step(carry, x)` returns the next carry and an output; the outputs are stacked along the time
 * axis. Carry, x and outputs are records of tensors. One differentiable node, whatever the number of steps.
 *
 * @param step pure; called once, with tensors that have no numbers yet
 * @param init the first carry; every step returns the same structure, shapes and dtypes
 * @param xs sequences, all with T entries along `axis`; `{}` with `length` for none
 * @returns the last carry, and the outputs with T entries along `axis`
 * @throws where the sequences differ in length, or the carry changes structure, shape or dtype
 */
export function scan<Carry extends Tree, Xs extends Tree, Ys extends Tree>(
  step: (carry: Carry, x: Xs) => readonly [Carry, Ys],
  init: Carry,
  xs: Xs,
  { axis = 0, reverse = false, length, checkpoint = 'none' }: ScanOptions = {},
): [Carry, Ys] {
  const carry = flatten(init, 'scan', 'init')
  const inputs = flatten(xs, 'scan', 'xs')
  const time = lengthOf(inputs, axis, length)
  const sequences = inputs.leaves.map((x) => moveAxis(x, resolveAxis('scan', axis, x.rank), 0))
  let stacked: Structure = []
  const { graph, captures } = traceBody([...carry.leaves, ...sequences.map(sliceOf)], (values) => {
    const count = carry.leaves.length
    const slices = unflatten<Xs>(inputs.structure, values.slice(count))
    const [next, y] = step(unflatten<Carry>(carry.structure, values.slice(0, count)), slices)
    const after = flatten(next, 'scan', 'carry')
    checkCarry(carry, after)
    const outputs = flatten(y, 'scan', 'outputs')
    stacked = outputs.structure
    return [...after.leaves, ...outputs.leaves]
  })
  const results = apply(scanOp, [...carry.leaves, ...sequences, ...captures], {
    body: graph,
    carries: carry.leaves.length,
    sequences: sequences.length,
    length: time,
    reverse,
    recompute: checkpoint === 'none' ? false : checkpoint,
  })
  const count = carry.leaves.length
  const outputs = results.slice(count).map((y) => moveAxis(y, 0, axis < 0 ? axis + y.rank : axis))
  return [unflatten(carry.structure, results.slice(0, count)), unflatten(stacked, outputs)]
}

function lengthOf(inputs: Flat, axis: number, given: number | undefined): number {
  let length = given
  let source = 'length'
  inputs.leaves.forEach((x, i) => {
    const extent = x.shape[resolveAxis('scan', axis, x.rank)]!
    if (length === undefined) {
      length = extent
      source = inputs.paths[i]!
    } else if (length !== extent) {
      refuse(
        'scan',
        `${inputs.paths[i]} has ${extent} steps along axis ${axis} but ${source} has ${length}; make them equal`,
      )
    }
  })
  if (length === undefined)
    return refuse('scan', 'there are no sequences to tell the number of steps; pass { length }')
  if (!Number.isInteger(length) || length < 0)
    refuse('scan', `length is ${length}; it must be a whole number from 0`)
  return length
}

function checkCarry(before: Flat, after: Flat): void {
  if (!sameStructure(before.structure, after.structure)) {
    const paths = before.paths.map((path) => path.replace('init', 'carry'))
    checkStructure('scan', { ...before, paths }, after)
  }
  before.leaves.forEach((entering, i) => {
    const leaving = after.leaves[i]!
    if (entering.dtype === leaving.dtype && sameShape(entering.shape, leaving.shape)) return
    refuse(
      'scan',
      `${after.paths[i]} enters the step as ${entering.dtype} ${showShape(entering.shape)} but leaves it as ` +
        `${leaving.dtype} ${showShape(leaving.shape)}; a carry keeps its shape and dtype`,
    )
  })
}
