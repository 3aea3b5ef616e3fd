import { orderOf } from '../graph.js'
import { primitives } from '../ops/index.js'
import type { Node, Tensor } from '../tensor.js'
import { isNodeOf } from './build.js'
import { components } from './components.js'
import type { Carry, Loop } from './loop.js'

/** A carry that only collects a sum: the terms that each step adds to it. */
interface Sum {
  readonly carry: Carry
  readonly terms: readonly Term[]
}

export interface Term {
  readonly value: Tensor
  readonly isSubtracted: boolean
}

/** Who must wait for whom in a loop. Vertices are the nodes of the body, placeholders included. */
export interface Dependence {
  readonly loop: Loop
  /** each after all that its step needs, but for cycles */
  readonly vertices: readonly Node[]
  readonly before: ReadonlyMap<Node, readonly Node[]>
  readonly after: ReadonlyMap<Node, readonly Node[]>
  /** the cycle that a vertex is in, as a number; absent for those in none */
  readonly cycle: ReadonlyMap<Node, number>
  /** carries by the node of their stand; the sums are not among them */
  readonly carries: ReadonlyMap<Node, Carry>
  readonly sums: readonly Sum[]
}

export function dependenceOf(loop: Loop): Dependence {
  const sums = sumsOf(loop)
  const isSum = new Set(sums.map(({ carry }) => carry))
  const kept = loop.carries.filter((carry) => !isSum.has(carry))
  const carries = new Map(kept.map((carry) => [carry.stand.node!, carry]))
  const roots = [
    ...kept.map(({ next }) => next),
    ...loop.stacks,
    ...sums.flatMap(({ terms }) => terms.map(({ value }) => value)),
  ]
  const stands = [...kept, ...loop.sequences, ...loop.constants].map(({ stand }) => stand.node!)
  const all = [...stands, ...orderOf(roots)]
  const before = new Map<Node, Node[]>()
  const after = new Map<Node, Node[]>(all.map((vertex) => [vertex, []]))
  for (const vertex of all) {
    const carry = carries.get(vertex)
    const needs = carry ? [carry.next] : vertex.inputs
    const nodes = [...new Set(needs.map(({ node }) => node!))]
    before.set(vertex, nodes)
    for (const node of nodes) after.get(node)!.push(vertex)
  }
  const cycle = new Map<Node, number>()
  const parts = components(all, (vertex) => before.get(vertex)!)
  parts.forEach((members, number) => {
    const isCycle = members.length > 1 || before.get(members[0]!)!.includes(members[0]!)
    if (isCycle) for (const member of members) cycle.set(member, number)
  })
  return { loop, vertices: parts.flat(), before, after, cycle, carries, sums }
}

/** How often each tensor of a body is read, as an output too. */
function countUses(loop: Loop): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>()
  const count = (tensor: Tensor) => uses.set(tensor, (uses.get(tensor) ?? 0) + 1)
  const outputs = [...loop.carries.map(({ next }) => next), ...loop.stacks]
  outputs.forEach(count)
  for (const node of orderOf(outputs)) node.inputs.forEach(count)
  return uses
}

/** Carries c with c′ = c ± g₁ ± g₂ …, where c and the partial sums are read nowhere else. */
function sumsOf(loop: Loop): Sum[] {
  const uses = countUses(loop)
  const readers = new Map<Tensor, Node>()
  for (const node of orderOf(loop.carries.map(({ next }) => next))) {
    if (!isNodeOf(node, primitives.add) && !isNodeOf(node, primitives.sub)) continue
    for (const input of node.inputs) readers.set(input, node)
  }
  return loop.carries.flatMap((carry) => {
    const terms: Term[] = []
    let at = carry.stand
    while (uses.get(at) === 1 && at !== carry.next) {
      const node = readers.get(at)
      if (!node) return []
      const [left, right] = node.inputs
      const isSub = isNodeOf(node, primitives.sub)
      if (isSub && right === at) return []
      terms.push({ value: at === left ? right! : left!, isSubtracted: isSub })
      at = node.outputs[0]!
    }
    return at === carry.next && uses.get(at) === 1 && terms.length > 0 ? [{ carry, terms }] : []
  })
}
