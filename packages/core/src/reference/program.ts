import { allocate, type TypedArray } from '../dtype.js'
import { orderOf, type Graph } from '../graph.js'
import type { Kernel } from '../op.js'
import type { Tensor } from '../tensor.js'

/** A graph prepared to run: every kernel bound, every temporary in place. Not re-entrant. */
export interface Program {
  /** Returns the outputs; they are temporaries (or inputs) that the next run overwrites. */
  run(inputs: readonly TypedArray[]): readonly TypedArray[]
}

/** Prepares a closed graph for the reference backend: its nodes in order, each with buffers of its own. */
export function prepare(graph: Graph): Program {
  const slots = new Map<Tensor, number>()
  const values: TypedArray[] = []
  const place = (tensor: Tensor, value: TypedArray) => {
    slots.set(tensor, values.length)
    values.push(value)
  }
  for (const input of graph.inputs) place(input, allocate(input.dtype, 0))
  const steps: { kernel: Kernel; from: number[]; inputs: TypedArray[]; outputs: TypedArray[] }[] = []
  for (const node of orderOf(graph.outputs)) {
    const outputs = node.outputs.map((output) => allocate(output.dtype, output.size))
    node.outputs.forEach((output, i) => place(output, outputs[i]!))
    const kernel = node.op.kernel(node.inputs, node.attrs, node.outputs)
    if (node.inputs.length === 0) kernel([], outputs) // literals never change
    else steps.push({ kernel, from: node.inputs.map((input) => slots.get(input)!), inputs: [], outputs })
  }
  const results = graph.outputs.map((output) => slots.get(output)!)
  return {
    run(inputs) {
      for (let i = 0; i < inputs.length; i++) values[i] = inputs[i]!
      for (const { kernel, from, inputs, outputs } of steps) {
        for (let i = 0; i < from.length; i++) inputs[i] = values[from[i]!]!
        kernel(inputs, outputs)
      }
      return results.map((slot) => values[slot]!)
    },
  }
}
