import { isPlaceholder } from '../graph.js'
import { refuse } from '../errors.js'
import type { Node, Tensor } from '../tensor.js'
import { primitives } from '../ops/index.js'
import { bytesOf, isNodeOf } from './build.js'
import type { Dependence } from './dependence.js'
import { network, sink, source } from './flow.js'

/**
 * When each vertex of a loop is computed. −1: before it and once, from constants alone. Even: outside, for all steps at
 * once. Odd: in a loop; every cycle is in one. What is heavy and in no cycle is outside.
 */
export type Stages = ReadonlyMap<Node, number>

/** The earliest stage of each vertex, then the light ones moved to where least crosses from stage to stage. */
export function stagesOf(dependence: Dependence): Stages {
  const stages = earliest(dependence)
  const last = Math.max(0, ...stages.values())
  for (let odd = 1; odd <= last; odd += 2) {
    enter(odd, dependence, stages)
    leave(odd, dependence, stages)
  }
  check(dependence, stages)
  return stages
}

const odd = (stage: number) => (stage % 2 === 0 ? stage + 1 : Math.max(1, stage))
const even = (stage: number) => (stage % 2 === 0 ? stage : stage + 1)

function earliest({ loop, vertices, before, cycle, carries }: Dependence): Map<Node, number> {
  const stages = new Map<Node, number>()
  for (const { stand } of loop.sequences) stages.set(stand.node!, 0)
  for (const { stand } of loop.constants) stages.set(stand.node!, -1)
  const need = (members: readonly Node[]) =>
    Math.max(-1, ...members.flatMap((vertex) => before.get(vertex)!.map((node) => stages.get(node) ?? -1)))
  for (let i = 0; i < vertices.length; i++) {
    const vertex = vertices[i]!
    const number = cycle.get(vertex)
    if (number !== undefined) {
      // the members of a cycle stand together
      let end = i
      while (end < vertices.length && cycle.get(vertices[end]!) === number) end++
      const members = vertices.slice(i, end)
      const stage = odd(need(members))
      for (const member of members) stages.set(member, stage)
      i = end - 1
    } else if (!stages.has(vertex)) {
      const after = need([vertex])
      if (carries.has(vertex)) stages.set(vertex, Math.max(0, after))
      else if (after < 0) stages.set(vertex, -1)
      else if (!vertex.op.batch) stages.set(vertex, odd(after))
      else stages.set(vertex, vertex.op.cost === 'heavy' ? even(after) : after)
    }
  }
  return stages
}

/** Whether the op makes fewer numbers than it reads. Such work is better done outside, where no rows wait for others. */
function shrinks({ op, inputs, outputs }: Node): boolean {
  return op.cost !== 'free' && inputs.some(({ size }) => size > outputs[0]!.size)
}

/** Light work that only a loop reads moves into it: there it costs no pass over memory. */
function enter(stage: number, dependence: Dependence, stages: Map<Node, number>): void {
  const { vertices, after, carries } = dependence
  const kept = outputsOf(dependence)
  for (const vertex of vertices.toReversed()) {
    const isLight = vertex.op.cost !== 'heavy' && !isPlaceholder(vertex.outputs[0]!) && !shrinks(vertex)
    const own = stages.get(vertex)!
    if (own < 0 || own % 2 === 1 || own > stage || !isLight || carries.has(vertex)) continue
    const readers = after.get(vertex)!
    const isInside = readers.length > 0 && readers.every((reader) => stages.get(reader) === stage)
    if (isInside && !vertex.outputs.some((output) => kept.has(output))) stages.set(vertex, stage)
  }
}

/** The stacks, and the terms of sums. */
function outputsOf({ loop, sums }: Dependence): ReadonlySet<Tensor> {
  return new Set([...loop.stacks, ...sums.flatMap(({ terms }) => terms.map(({ value }) => value))])
}

/** More than any number of bytes, yet finite: a wish that gives way to what cannot be otherwise. */
const wished = 1e15
const preferred = 1e-3

/**
 * Light work after the last cycle of a loop moves out of it where fewer bytes are stacked that way: a minimum cut through
 * the values the loop hands on. A sum over rows moves out in any case: in the loop, the rows would have to wait for one
 * another.
 */
function leave(stage: number, dependence: Dependence, stages: Map<Node, number>): void {
  const { vertices, after, cycle, carries } = dependence
  const net = network()
  const members = vertices.filter((vertex) => stages.get(vertex) === stage)
  const free = new Map<Node, number>()
  for (const vertex of members) {
    const isFixed =
      cycle.has(vertex) || vertex.op.cost === 'heavy' || !(vertex.op.batch ?? carries.has(vertex))
    if (!isFixed) free.set(vertex, net.vertex())
  }
  if (free.size === 0) return
  const there = stackedAnyway(stage, dependence, stages)
  const places = new Map<Tensor, number>()
  const isMember = new Set(members)
  const placeOf = (tensor: Tensor): number => {
    // what a carry was is the stack of what it became, one step later
    const next = carries.get(tensor.node!)?.next
    if (next && isMember.has(next.node!) && !carries.has(next.node!)) return placeOf(next)
    let place = places.get(tensor)
    if (place === undefined) {
      places.set(tensor, (place = net.vertex()))
      net.edge(free.get(tensor.node!) ?? source, place, there.has(tensor) ? 0 : bytesOf(tensor))
    }
    return place
  }
  for (const vertex of vertices) {
    const to = stages.get(vertex)! > stage ? sink : free.get(vertex)
    const reads = carries.has(vertex) ? [carries.get(vertex)!.next] : vertex.inputs
    for (const tensor of reads) {
      if (!isMember.has(tensor.node!)) continue
      if (to !== undefined) net.edge(placeOf(tensor), to, Infinity)
    }
  }
  for (const [vertex, place] of free) {
    for (const reader of after.get(vertex)!) {
      if (isMember.has(reader)) net.edge(free.get(reader) ?? source, place, Infinity)
    }
    if (shrinks(vertex)) net.edge(place, sink, preferred)
  }
  for (const vertex of reducedBy(dependence)) {
    const place = free.get(vertex)
    if (place !== undefined) net.edge(place, sink, wished)
  }
  const cut = net.cut()
  for (const [vertex, place] of free) if (cut.isAfter(place)) stages.set(vertex, stage + 1)
}

/** What a stage stacks wherever light work goes: outputs, operands of later products, and the parts these consist of. */
function stackedAnyway(
  stage: number,
  { loop, vertices, carries }: Dependence,
  stages: Stages,
): ReadonlySet<Tensor> {
  const there = new Set(loop.stacks)
  for (const vertex of vertices) {
    if (stages.get(vertex)! <= stage) continue
    for (const tensor of carries.has(vertex) ? [carries.get(vertex)!.next] : vertex.inputs) there.add(tensor)
  }
  for (const tensor of there)
    if (isNodeOf(tensor.node, primitives.concat)) for (const part of tensor.node.inputs) there.add(part)
  return there
}

/** The reductions that end in sums over time, but for movement and addition. */
function reducedBy({ sums }: Dependence): readonly Node[] {
  const ends = new Set(sums.flatMap(({ terms }) => terms.map(({ value }) => value.node!)))
  for (const node of ends) {
    const passesOn = node.op.cost === 'free' || isNodeOf(node, primitives.add)
    if (passesOn) for (const input of node.inputs) ends.add(input.node!)
  }
  return [...ends].filter(shrinks)
}

/** No value is needed before it is there. */
function check({ vertices, before }: Dependence, stages: Stages): void {
  for (const vertex of vertices) {
    for (const node of before.get(vertex)!) {
      if (stages.get(node)! > stages.get(vertex)!)
        refuse(
          'distribute',
          `${vertex.op.name} at stage ${stages.get(vertex)} reads ${node.op.name} of a later one`,
        )
    }
  }
}
