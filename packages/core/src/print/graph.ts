import { bodiesOf, orderOf, type Graph } from '../graph.js'
import type { Tensor } from '../tensor.js'
import { showAttributes, showSpec } from './attributes.js'

/**
 * A graph as text: its inputs, one line for each node in the order of computation, and its outputs. Bodies of loops stand
 * indented below their node.
 *
 * ```
 * (%0: float32 [3, 2], %1: float32 [2]) →
 *   %2: float32 [2], %3: float32 [3, 2] = scan %1, %0 {carries: 1, sequences: 1, length: 3}
 *     body (%4: float32 [2], %5: float32 [2]) →
 *       %6: float32 [2] = add %4, %5
 *     ← %6, %6
 * ← %3
 * ```
 */
export function printGraph(graph: Graph): string {
  const names = new Map<Tensor, string>()
  const declare = (tensor: Tensor) => {
    names.set(tensor, `%${names.size}`)
    return `${names.get(tensor)}: ${showSpec(tensor)}`
  }
  // a graph that is not closed uses numbers from outside; they have no name
  const use = (tensor: Tensor) => names.get(tensor) ?? `(${showSpec(tensor)})`
  const lines: string[] = []
  const print = (graph: Graph, indent: string, head: string) => {
    lines.push(`${indent}${head}(${graph.inputs.map(declare).join(', ')}) →`)
    for (const node of orderOf(graph.outputs)) {
      const declared = node.outputs.map(declare).join(', ')
      const inputs = node.inputs.map(use).join(', ')
      const attributes = showAttributes(node)
      const parts = [node.op.name, inputs, attributes && `{${attributes}}`].filter((part) => part !== '')
      lines.push(`${indent}  ${declared} = ${parts.join(' ')}`)
      for (const [name, body] of bodiesOf(node)) print(body, `${indent}    `, `${name} `)
    }
    lines.push(`${indent}← ${graph.outputs.map(use).join(', ')}`)
  }
  print(graph, '', '')
  return lines.join('\n')
}
