import { apply, orderOf, primitives, type Graph, type Tensor } from '@tapeloop/core'
import { attrsOf, isMapped, type AttrsOf, type Node } from './graph.js'

type Slice = AttrsOf<'slice'>

/**
 * Slices of elementwise results become elementwise results of slices, where nothing but slices is read and no element
 * twice. What four gates take from one sum then needs no pass of its own.
 */
export function sinkSlices(graph: Graph): Graph {
  const sunk = sinkOnce(graph)
  // a slice of a slice may go on
  return sunk === graph ? graph : sinkSlices(sunk)
}

function sinkOnce(graph: Graph): Graph {
  const order = orderOf(graph.outputs)
  const readers = readersOf(order, graph)
  /** how many elements are read of what would be sunk; more than there are: leave it */
  const read = new Map<Node, number>()
  for (const node of order.toReversed()) {
    if (!isMapped(node)) continue
    const [y] = node.outputs as readonly [Tensor]
    const parts = (readers.get(y) ?? []).map((reader) => {
      if (reader === null) return Infinity
      return attrsOf(reader, 'slice') ? reader.outputs[0]!.size : (read.get(reader) ?? Infinity)
    })
    const total = parts.reduce((sum, n) => sum + n, 0)
    if (parts.length > 0 && total <= y.size) read.set(node, total)
  }
  if (read.size === 0) return graph

  const map = new Map<Tensor, Tensor>()
  const now = (tensor: Tensor) => map.get(tensor) ?? tensor
  const cut = (tensor: Tensor, attrs: Slice): Tensor => {
    const { node } = tensor
    if (node === null || !read.has(node)) return apply(primitives.slice, [now(tensor)], attrs)[0]!
    const inputs = node.inputs.map((input) => cut(input, attrs))
    return apply(node.op, inputs, node.attrs)[0]!
  }
  for (const node of order) {
    const slice = attrsOf(node, 'slice')
    const [x] = node.inputs
    if (slice && x!.node !== null && read.has(x!.node)) map.set(node.outputs[0]!, cut(x!, slice))
    else if (!read.has(node) && node.inputs.some((input) => map.has(input))) {
      const outputs = apply(node.op, node.inputs.map(now), node.attrs)
      node.outputs.forEach((output, i) => map.set(output, outputs[i]!))
    }
  }
  return { inputs: graph.inputs, outputs: graph.outputs.map(now) }
}

/** What reads each tensor: nodes, or null for an output of the graph. */
function readersOf(order: readonly Node[], graph: Graph): Map<Tensor, (Node | null)[]> {
  const readers = new Map<Tensor, (Node | null)[]>()
  const add = (tensor: Tensor, reader: Node | null) =>
    readers.set(tensor, [...(readers.get(tensor) ?? []), reader])
  for (const node of order) for (const input of node.inputs) add(input, node)
  for (const output of graph.outputs) add(output, null)
  return readers
}
