import { spread } from '../ops/elementwise.js'
import { moveAxis } from '../ops/indexing.js'
import { buildScan, splitRoles, type ScanAttrs } from '../ops/scan.js'
import type { Tensor } from '../tensor.js'
import { follow, settle } from './activity.js'
import { batchGraph } from './batch.js'

/** vmap of a loop is one loop whose values have a further axis after time. */
export function batchScan(
  inputs: readonly Tensor[],
  batched: readonly boolean[],
  attrs: ScanAttrs,
  size: number,
): readonly Tensor[] {
  const { body, carries } = attrs
  const values = splitRoles(inputs, attrs)
  const given = splitRoles(batched, attrs)
  const flagsFor = (carry: readonly boolean[]) => [...carry, ...given.sequences, ...given.constants]
  const varies = settle(given.carry, (carry) =>
    follow(body, flagsFor(carry), (node) => node.outputs.map(() => true)),
  )
  const repeat = (x: Tensor, isBatched: boolean) => spread([x], [isBatched], size)[0]!
  let stacked: readonly boolean[] = []
  const outputs = buildScan(
    {
      carry: values.carry.map((x, i) => (varies[i] ? repeat(x, given.carry[i]!) : x)),
      sequences: values.sequences.map((x, i) => (given.sequences[i] ? moveAxis(x, 0, 1) : x)),
      constants: values.constants,
    },
    attrs,
    (carry, slices, constants) => {
      const result = batchGraph(body, [...carry, ...slices, ...constants], flagsFor(varies), size)
      stacked = result.batched.slice(carries)
      return result.outputs.map((y, i) => (varies[i] ? repeat(y, result.batched[i]!) : y))
    },
  )
  return outputs.map((y, i) => {
    if (i < carries) return repeat(y, varies[i]!)
    return stacked[i - carries] ? moveAxis(y, 1, 0) : repeat(y, false)
  })
}
