import { orderOf } from '../graph.js'
import { primitives } from '../ops/index.js'
import type { Node, Tensor } from '../tensor.js'
import { bytesOf, isLeaf, isNodeOf } from './build.js'
import { network, sink, source } from './flow.js'
import type { Loop } from './loop.js'

/** What later readers want of a loop. */
export interface Demand {
  /** values of the body that are read at each step */
  readonly wanted: ReadonlySet<Tensor>
  /** values whose stacks are there in any case */
  readonly kept: ReadonlySet<Tensor>
  /** sequences that are there in any case */
  readonly held: ReadonlySet<Tensor>
}

/** How many bytes, written and read again, are worth one operation. */
const bytesPerOperation = 0.1

/**
 * The values to save, so that all that is wanted can be computed from them: a minimum cut between what cannot be computed
 * again (products, loops, carries, sequences) and what is wanted. To save a value costs its bytes, to compute it again
 * its operations; where there is a choice, as little as possible is computed again.
 */
export function chooseSaved(loop: Loop, { wanted, kept, held }: Demand): ReadonlySet<Tensor> {
  // a carry that is wanted itself is saved as the stack of what it becomes, and the other way round
  const there = new Set(kept)
  for (const { stand, next } of loop.carries) {
    if (wanted.has(stand) || there.has(next)) there.add(stand).add(next)
  }
  for (;;) {
    const saved = cut(loop, wanted, there, held)
    const more = loop.carries.filter(
      ({ stand, next }) => saved.has(stand) !== saved.has(next) && !there.has(stand),
    )
    const news = more.filter(({ stand, next }) => saved.has(stand) || saved.has(next))
    if (news.length === 0) return saved
    for (const { stand, next } of news) there.add(stand).add(next)
  }
}

function cut(
  loop: Loop,
  wanted: ReadonlySet<Tensor>,
  there: ReadonlySet<Tensor>,
  held: ReadonlySet<Tensor>,
): ReadonlySet<Tensor> {
  const net = network()
  const constants = new Set(loop.constants.map(({ stand }) => stand))
  const vertices = new Map<Tensor, { made: number; given: number }>()
  const add = (tensor: Tensor, bytes: number, work: number) => {
    const vertex = { made: net.vertex(), given: net.vertex() }
    vertices.set(tensor, vertex)
    net.edge(source, vertex.made, work)
    net.edge(vertex.made, vertex.given, there.has(tensor) || held.has(tensor) ? 0 : bytes)
  }
  const order = orderOf([...wanted])
  for (const { stand } of [...loop.carries, ...loop.sequences]) add(stand, bytesOf(stand), Infinity)
  const still = new Set<Tensor>(constants)
  for (const node of order) {
    if (node.inputs.every((input) => still.has(input))) {
      for (const output of node.outputs) still.add(output)
      continue
    }
    for (const output of node.outputs) {
      add(output, bytesOf(output), workOf(node))
      if (node.op.cost === 'heavy') continue
      for (const input of node.inputs) {
        const from = vertices.get(input)
        if (from) net.edge(from.given, vertices.get(output)!.made, Infinity)
      }
    }
  }
  for (const tensor of wanted) {
    const vertex = vertices.get(tensor)
    if (vertex) net.edge(vertex.given, sink, Infinity)
  }
  const found = net.cut()
  const saved = new Set<Tensor>()
  for (const [tensor, { made, given }] of vertices) {
    if (found.isAfter(given) && !found.isAfter(made)) saved.add(tensor)
  }
  return saved
}

/** What it costs to compute a node again, in bytes. */
function workOf(node: Node): number {
  const { op, inputs, outputs } = node
  if (op.cost === 'heavy') return Infinity
  // random bits are never stored: keys are small
  if (op.cost === 'free' || isLeaf(outputs[0]!) || isNodeOf(node, primitives.randomBits)) return 0
  const elements = Math.max(...[...inputs, ...outputs].map(({ size }) => size))
  const isReduction = outputs[0]!.size < elements
  return elements * (op.flops ?? 1) * bytesPerOperation * (isReduction ? 4 : 1)
}
