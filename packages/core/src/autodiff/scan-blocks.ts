import type { Linearized, Maybe } from '../op.js'
import { concat, sliceAxis } from '../ops/concat.js'
import { zeros } from '../ops/literal.js'
import { reshape } from '../ops/movement.js'
import { scanOp, sliceOf, splitRoles, traceBody, type ScanAttrs } from '../ops/scan.js'
import { apply, type Tensor } from '../tensor.js'
import { linearizeScan, settleActivity } from './scan-vjp.js'
import { plus } from './vjp.js'

/**
 * Reverse mode of a loop that keeps only the carries at the starts of √T blocks: a loop over blocks, each of which the
 * backward pass runs again, and a block of what is left over. Sums over time go on from block to block, and a sequence
 * receives one cotangent, so that the gradients have the bits of a loop that keeps everything.
 */
export function linearizeInBlocks(
  active: readonly boolean[],
  inputs: readonly Tensor[],
  attrs: ScanAttrs,
): Linearized {
  const { carries, length, reverse } = attrs
  const steps = Math.max(1, Math.floor(Math.sqrt(length)))
  const blocks = Math.floor(length / steps)
  const rest = length - blocks * steps
  const given = splitRoles(inputs, attrs)
  const flags = splitRoles(active, attrs)
  // what is left over is what the loop comes to last
  const wholeOf = (x: Tensor) =>
    reshape(reverse ? sliceAxis(x, 0, rest, length) : sliceAxis(x, 0, 0, length - rest), [
      blocks,
      steps,
      ...x.shape.slice(1),
    ])
  const restOf = (x: Tensor) => (reverse ? sliceAxis(x, 0, 0, rest) : sliceAxis(x, 0, length - rest, length))
  const join = (whole: Tensor, last: Tensor): Tensor => {
    const flat = reshape(whole, [blocks * steps, ...whole.shape.slice(2)])
    return concat(reverse ? [last, flat] : [flat, last])
  }
  const cut = given.sequences.map(wholeOf)
  const { graph } = traceBody([...given.carry, ...cut.map(sliceOf), ...given.constants], (values) =>
    apply(scanOp, values, { ...attrs, length: steps, recompute: 'all' }),
  )
  const whole = linearizeScan(active, [...given.carry, ...cut, ...given.constants], {
    ...attrs,
    body: graph,
    length: blocks,
    recompute: false,
  })
  const last = linearizeScan(
    [...whole.active.slice(0, carries), ...flags.sequences, ...flags.constants],
    [...whole.outputs.slice(0, carries), ...given.sequences.map(restOf), ...given.constants],
    { ...attrs, length: rest, recompute: 'all' },
  )
  return {
    outputs: last.outputs.map((y, i) => (i < carries ? y : join(whole.outputs[i]!, y))),
    active: settleActivity(active, attrs).outputs,
    pull(cotangents, running = []) {
      const soFar = splitRoles(
        inputs.map((_, i) => running[i] ?? null),
        attrs,
      )
      const none = given.sequences.map(() => null)
      const stacks = cotangents.slice(carries)
      const fromRest = splitRoles(
        last.pull(
          [...cotangents.slice(0, carries), ...stacks.map((g) => g && restOf(g))],
          [...given.carry.map(() => null), ...none, ...soFar.constants],
        ),
        attrs,
      )
      const fromWhole = splitRoles(
        whole.pull(
          [...fromRest.carry, ...stacks.map((g) => g && wholeOf(g))],
          [...soFar.carry, ...none, ...fromRest.constants.map((sum, i) => sum ?? soFar.constants[i]!)],
        ),
        attrs,
      )
      const toSequences = given.sequences.map((x, i): Maybe => {
        const parts = [fromWhole.sequences[i] ?? null, fromRest.sequences[i] ?? null] as const
        if (parts[0] === null && parts[1] === null) return null
        const part = join(
          parts[0] ?? zeros(cut[i]!.shape, x.dtype),
          parts[1] ?? zeros(restOf(x).shape, x.dtype),
        )
        return plus(soFar.sequences[i]!, part)
      })
      const toConstants = fromWhole.constants.map((sum, i) => sum ?? fromRest.constants[i]!)
      return [...fromWhole.carry, ...toSequences, ...toConstants]
    },
  }
}
