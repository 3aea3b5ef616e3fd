import { allocate, type TypedArray } from '../dtype.js'
import type { Graph } from '../graph.js'
import type { Kernel } from '../op.js'
import type { ScanAttrs } from '../ops/scan.js'
import { prepare, type Program } from './program.js'

/** Bodies are immutable, so a prepared one serves every loop over it. */
const prepared = new WeakMap<Graph, Program>()

/** Runs a loop step by step. */
export function runLoop({ body, carries, sequences, length, reverse }: ScanAttrs): Kernel {
  const rows = body.inputs.slice(carries, carries + sequences).map((input) => input.size)
  const stackRows = body.outputs.slice(carries).map((output) => output.size)
  return (inputs, outputs) => {
    const program = prepared.get(body) ?? prepare(body)
    prepared.delete(body) // taken out while it runs: a program is not re-entrant
    let carry: TypedArray[] = inputs.slice(0, carries).map((value) => value.slice())
    let next: TypedArray[] = body.inputs.slice(0, carries).map(({ dtype, size }) => allocate(dtype, size))
    const slices: TypedArray[] = [...inputs]
    for (let step = 0; step < length; step++) {
      const t = reverse ? length - 1 - step : step
      for (let i = 0; i < carries; i++) slices[i] = carry[i]!
      for (let i = 0; i < sequences; i++) {
        slices[carries + i] = inputs[carries + i]!.subarray(t * rows[i]!, (t + 1) * rows[i]!)
      }
      const results = program.run(slices)
      for (let i = 0; i < carries; i++) next[i]!.set(results[i]!)
      for (let i = 0; i < stackRows.length; i++)
        outputs[carries + i]!.set(results[carries + i]!, t * stackRows[i]!)
      ;[carry, next] = [next, carry]
    }
    for (let i = 0; i < carries; i++) outputs[i]!.set(carry[i]!)
    prepared.set(body, program)
  }
}
