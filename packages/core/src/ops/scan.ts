import { refuse } from '../errors.js'
import { close, withPlaceholders, type Closed, type Graph } from '../graph.js'
import type { Op, Spec } from '../op.js'
import { runLoop } from '../reference/loop.js'
import { sameShape, showShape } from '../shape.js'
import { apply, type Tensor } from '../tensor.js'
import { batchScan } from '../autodiff/scan-batch.js'
import { linearizeInBlocks } from '../autodiff/scan-blocks.js'
import { jvpScan } from '../autodiff/scan-jvp.js'
import { activityOfScan, linearizeScan } from '../autodiff/scan-vjp.js'

/**
 * A loop as one node. Inputs `[carry | sequences | constants]`, outputs `[carry | stacked]`; sequences and stacks have
 * time as axis 0. The body is a closed graph from `[carry | one slice of each sequence | constants]` to
 * `[next carry | one slice of each stack]`.
 */
export interface ScanAttrs {
  readonly body: Graph
  readonly carries: number
  readonly sequences: number
  readonly length: number
  /** from the last slice to the first; stacks keep the order of the sequences */
  readonly reverse: boolean
  /** what the backward pass runs again instead of keeping its values: nothing, all, or blocks of √T steps in turn */
  readonly recompute: false | 'all' | 'sqrt'
  /** does again, inside the backward pass, what a loop with `recompute` did: compilers do not join the two */
  readonly again?: true
}

export const scanOp: Op<ScanAttrs> = {
  name: 'scan',
  formula: String.raw`(c_{t+1}, y_t) = f(c_t, x_t)`,
  cost: 'heavy',
  infer(inputs, { body, carries, sequences, length }) {
    if (inputs.length !== body.inputs.length)
      refuse('scan', `the loop has ${inputs.length} inputs but its body takes ${body.inputs.length}`)
    body.inputs.forEach((value, i) => {
      const isSequence = i >= carries && i < carries + sequences
      const needed = isSequence ? { shape: [length, ...value.shape], dtype: value.dtype } : value
      if (!sameSpec(needed, inputs[i]!))
        refuse('scan', `input ${i} of the loop is ${show(inputs[i]!)}; its body needs ${show(needed)}`)
      if (i < carries && !sameSpec(value, body.outputs[i]!))
        refuse(
          'scan',
          `carry ${i} enters the step as ${show(value)} but leaves it as ${show(body.outputs[i]!)}`,
        )
    })
    return body.outputs.map(({ shape, dtype }, i) => ({
      shape: i < carries ? shape : [length, ...shape],
      dtype,
    }))
  },
  kernel: (_inputs, attrs) => runLoop(attrs),
  derivative: {
    kind: 'staged',
    activity: activityOfScan,
    jvp: jvpScan,
    linearize: (active, inputs, attrs) =>
      attrs.recompute === 'sqrt'
        ? linearizeInBlocks(active, inputs, attrs)
        : linearizeScan(active, inputs, attrs),
  },
  batch: batchScan,
}

/** A traced step: its closed graph, and what that takes from outside, which become constants of the loop. */
export function traceBody(
  inputs: readonly Spec[],
  step: (values: readonly Tensor[]) => readonly Tensor[],
): Closed {
  return withPlaceholders(inputs, 'loop value', (values, level) => close(step(values), values, level))
}

/** A loop whose body is built by `step` from placeholders. */
export function buildScan(
  parts: { carry: readonly Tensor[]; sequences: readonly Tensor[]; constants: readonly Tensor[] },
  how: Pick<ScanAttrs, 'length' | 'reverse' | 'recompute' | 'again'>,
  step: (
    carry: readonly Tensor[],
    slices: readonly Tensor[],
    constants: readonly Tensor[],
  ) => readonly Tensor[],
): readonly Tensor[] {
  const { carry, sequences, constants } = parts
  const roles = { carries: carry.length, sequences: sequences.length }
  const { graph, captures } = traceBody([...carry, ...sequences.map(sliceOf), ...constants], (values) => {
    const given = splitRoles(values, roles)
    return step(given.carry, given.sequences, given.constants)
  })
  const { length, reverse, recompute, again } = how
  const attrs = { body: graph, ...roles, length, reverse, recompute, ...(again && { again }) }
  return apply(scanOp, [...carry, ...sequences, ...constants, ...captures], attrs)
}

/** One time step of a sequence. */
export function sliceOf({ shape, dtype }: Spec): Spec {
  return { shape: shape.slice(1), dtype }
}

/** The inputs or outputs of a loop by their roles. */
export function splitRoles<T>(
  all: readonly T[],
  { carries, sequences }: Pick<ScanAttrs, 'carries' | 'sequences'>,
) {
  return {
    carry: all.slice(0, carries),
    sequences: all.slice(carries, carries + sequences),
    constants: all.slice(carries + sequences),
  }
}

function sameSpec(a: Spec, b: Spec): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape)
}

function show({ shape, dtype }: Spec): string {
  return `${dtype} ${showShape(shape)}`
}
