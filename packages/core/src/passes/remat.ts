import { orderOf, substitute, type Graph } from '../graph.js'
import { batchGraph } from '../autodiff/batch.js'
import { spread } from '../ops/elementwise.js'
import { primitives } from '../ops/index.js'
import { scanOp, type ScanAttrs } from '../ops/scan.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { isLeaf, isScan, literalOf, madeBy } from './build.js'
import { openLoop, partsOf, standFor, standForSlice, type Loop, type Slot } from './loop.js'
import { chooseSaved, type Demand } from './remat-cut.js'
import { rewriteLoops } from './rewrite.js'
import { delayed } from './rules-loop.js'
import { simplifier } from './simplify.js'

const p = primitives

type LoopNode = Node<ScanAttrs> & Node

/**
 * Save or recompute: what a loop stacks for later loops to read (the backward pass, above all) is chosen anew, by a
 * minimum cut between what is computed by products, and what is read. A value that is cheap to compute from others that
 * are kept is computed again in the loop that reads it.
 */
export function remat(graph: Graph): Graph {
  const inner = rewriteLoops(graph, (attrs, inputs) => {
    const body = rematLevel(attrs.body)
    return body === attrs.body ? null : apply(scanOp, inputs, { ...attrs, body })
  })
  return rematLevel(inner)
}

function rematLevel(graph: Graph): Graph {
  const count = orderOf(graph.outputs).filter(isScan).length
  let { outputs } = graph
  for (let i = 0; i < count; i++) {
    const loop = orderOf(outputs).filter(isScan)[i]
    const next = loop && rematLoop(loop, outputs)
    if (next) outputs = next
  }
  return outputs === graph.outputs ? graph : { inputs: graph.inputs, outputs }
}

/** A sequence of a later loop that is a stack of this one, or what a carry was at each step. */
interface Read {
  readonly reader: LoopNode
  /** which input of the reader */
  readonly at: number
  /** the value in the body of this loop */
  readonly value: Tensor
}

/** Who reads the stacks of a loop. */
interface Readers {
  readonly reads: readonly Read[]
  /** values of which a stack is needed in any case */
  readonly kept: ReadonlySet<Tensor>
  /** stacks read outside of loops by what comes after a reader, such as weight gradients, with the value */
  readonly late: ReadonlyMap<Tensor, Tensor>
}

function rematLoop(node: LoopNode, outputs: readonly Tensor[]): readonly Tensor[] | null {
  if (node.attrs.length < 2) return null
  const loop = openLoop(node.attrs, node.inputs)
  const readers = readersOf(node, loop, outputs)
  if (readers.reads.length === 0) return null
  const saved = chooseSaved(loop, demandOf(loop, readers, outputs))
  const before = new Set(loop.stacks)
  const after = new Set([...readers.kept, ...[...saved].map((value) => stackedFor(loop, value))])
  if (after.size === before.size && [...after].every((value) => before.has(value))) return null
  return rebuild(node, loop, readers, saved, [...after], outputs)
}

/** The value whose stack gives this one: for a carry, what it becomes. */
function stackedFor({ carries }: Loop, value: Tensor): Tensor {
  return carries.find(({ stand }) => stand === value)?.next ?? value
}

function readersOf(node: LoopNode, loop: Loop, outputs: readonly Tensor[]): Readers {
  const { carries } = node.attrs
  const valueOf = new Map(node.outputs.slice(carries).map((stack, i) => [stack, loop.stacks[i]!]))
  const order = orderOf(outputs)
  // where the stacks go, through the concatenations that delay them
  const delays = new Map<Tensor, Tensor>()
  const pieces = new Set<Node>()
  for (const each of order) {
    const stand = delayedValue(each, loop, valueOf)
    if (!stand) continue
    delays.set(each.outputs[0]!, stand)
    for (const part of each.inputs)
      if (madeBy(part, p.slice) && valueOf.has(part.node!.inputs[0]!)) pieces.add(part.node!)
  }
  const reads: Read[] = []
  for (const each of order) {
    if (!isScan(each) || each === node || each.attrs.length !== node.attrs.length) continue
    const { carries, sequences } = each.attrs
    for (let at = carries; at < carries + sequences; at++) {
      const value = valueOf.get(each.inputs[at]!) ?? delays.get(each.inputs[at]!)
      if (value) reads.push({ reader: each, at, value })
    }
  }
  const isRead = new Set(reads.map(({ reader }) => reader as Node))
  const after = new Set<Node>()
  for (const each of order)
    if (isRead.has(each) || each.inputs.some((x) => after.has(x.node!))) after.add(each)
  const kept = new Set<Tensor>()
  const late = new Map<Tensor, Tensor>()
  const isLate = lateReaders(order, outputs, after)
  for (const each of order) {
    each.inputs.forEach((input, at) => {
      const isSequence = isScan(each) && reads.some((read) => read.reader === each && read.at === at)
      const value = valueOf.get(input)
      if (isSequence) return
      if (delays.has(input)) return void kept.add(stackedFor(loop, delays.get(input)!))
      if (!value || pieces.has(each)) return
      if (isLate(each)) late.set(input, value)
      else kept.add(value)
    })
  }
  for (const output of outputs) {
    const value =
      valueOf.get(output) ?? (delays.has(output) ? stackedFor(loop, delays.get(output)!) : undefined)
    if (value) kept.add(value)
  }
  return { reads, kept, late: new Map([...late].filter(([, value]) => !kept.has(value))) }
}

/** Whether a node only serves, through movement if it is movement, what comes after a reader. */
function lateReaders(
  order: readonly Node[],
  outputs: readonly Tensor[],
  after: ReadonlySet<Node>,
): (node: Node) => boolean {
  const early = new Set<Node>()
  const ends = new Set(outputs)
  for (const node of order.toReversed()) {
    const isMovement = node.op.cost === 'free' && !node.outputs.some((output) => ends.has(output))
    if (after.has(node) ? isScan(node) : !isMovement) early.add(node)
    if (early.has(node) && !after.has(node)) markMovement(node)
  }
  return (node) => !early.has(node)

  /** What an early node reads through movement is read early. */
  function markMovement(node: Node): void {
    for (const { node: below } of node.inputs) {
      if (below?.op.cost !== 'free' || early.has(below)) continue
      early.add(below)
      markMovement(below)
    }
  }
}

/** The carry of the loop that a concatenation of its start and its stack is, step by step; null for others. */
function delayedValue(
  node: Node,
  { carries, how }: Loop,
  valueOf: ReadonlyMap<Tensor, Tensor>,
): Tensor | null {
  const concat = madeBy(node.outputs[0]!, p.concat)
  if (!concat || concat.attrs.axis !== 0 || concat.inputs.length !== 2) return null
  const [first, rest] = how.reverse ? concat.inputs.toReversed() : concat.inputs
  const slice = madeBy(rest!, p.slice)
  const value = slice && valueOf.get(slice.inputs[0]!)
  if (!value || slice.attrs.start[0] !== (how.reverse ? 1 : 0) || rest!.shape[0] !== how.length - 1)
    return null
  const isFirst = (start: Tensor) =>
    madeBy(first!, p.reshape)?.inputs[0] === start ||
    (literalOf(start) !== null && Object.is(literalOf(start), literalOf(first!)))
  return carries.find(({ start, next }) => next === value && isFirst(start))?.stand ?? null
}

function demandOf(loop: Loop, { reads, kept, late }: Readers, outputs: readonly Tensor[]): Demand {
  const wanted = new Set([...reads.map(({ value }) => value), ...late.values()])
  // a sequence that somebody keeps anyway costs nothing to read again
  const readerInputs = new Set(reads.flatMap(({ reader }) => reader.inputs))
  const ends = new Set(outputs)
  const isHeld = (outer: Tensor) => isGiven(outer) || readerInputs.has(outer) || ends.has(outer)
  const held = new Set(loop.sequences.filter(({ outer }) => isHeld(outer)).map(({ stand }) => stand))
  return { wanted, kept, held }
}

/** Whether a tensor comes from outside the program, or is a literal, but for movement. */
function isGiven(tensor: Tensor): boolean {
  let at = tensor
  while (!isLeaf(at) && at.node!.op.cost === 'free' && at.node!.inputs.length === 1) at = at.node!.inputs[0]!
  return isLeaf(at) || at.node!.inputs.length === 0
}

/** The program with the loop stacking `stacks`, and its readers computing again what is not among them. */
function rebuild(
  node: LoopNode,
  loop: Loop,
  { reads, late }: Readers,
  saved: ReadonlySet<Tensor>,
  stacks: readonly Tensor[],
  outputs: readonly Tensor[],
): readonly Tensor[] {
  const b = simplifier()
  const { attrs, inputs } = partsOf({ ...loop, stacks })
  const made = apply(scanOp, inputs, attrs)
  const count = loop.carries.length
  const stackOf = new Map(stacks.map((value, i) => [value, made[count + i]!]))
  const outerOf = (value: Tensor): Tensor => {
    const stack = stackOf.get(value)
    if (stack) return stack
    const carry = loop.carries.find(({ stand }) => stand === value)
    const sequence = loop.sequences.find(({ stand }) => stand === value)
    if (sequence) return sequence.outer
    return delayed(carry!.start, stackOf.get(carry!.next)!, loop.how, b)
  }
  const isThere = (value: Tensor) =>
    saved.has(value) || stackOf.has(value) || loop.sequences.some(({ stand }) => stand === value)
  const map = new Map<Tensor, Tensor>()
  node.outputs.forEach((output, i) => {
    const value = loop.stacks[i - count]
    if (i < count) map.set(output, made[i]!)
    else if (isThere(value!)) map.set(output, outerOf(value!))
    else if (late.has(output)) map.set(output, againOutside(value!, loop, isThere, outerOf))
  })
  for (const each of orderOf(outputs)) {
    if (each === node) continue
    const own = reads.filter(({ reader, value }) => reader === each && !isThere(value))
    if (own.length > 0) {
      const results = againInside(each as LoopNode, own, map, loop, isThere, outerOf)
      each.outputs.forEach((output, i) => map.set(output, results[i]!))
    } else if (each.inputs.some((input) => map.has(input))) {
      const parts = each.inputs.map((input) => map.get(input) ?? input)
      apply(each.op, parts, each.attrs).forEach((output, i) => map.set(each.outputs[i]!, output))
    }
  }
  return outputs.map((output) => map.get(output) ?? output)
}

/** The values that a value is computed from again, and the constants on the way. */
function leavesOf(value: Tensor, loop: Loop, isThere: (value: Tensor) => boolean) {
  const constants = new Set(loop.constants.map(({ stand }) => stand))
  const leaves = new Set<Tensor>(constants.has(value) ? [value] : [])
  const isEnd = (tensor: Tensor) => isThere(tensor) || constants.has(tensor)
  for (const each of orderOf([value], isEnd))
    for (const input of each.inputs) if (isEnd(input)) leaves.add(input)
  return [...leaves]
}

/** The stack of a value computed for all steps at once. */
function againOutside(
  value: Tensor,
  loop: Loop,
  isThere: (value: Tensor) => boolean,
  outerOf: (value: Tensor) => Tensor,
): Tensor {
  const leaves = leavesOf(value, loop, isThere)
  const constant = new Map(loop.constants.map(({ stand, outer }) => [stand, outer]))
  const values = leaves.map((leaf) => constant.get(leaf) ?? outerOf(leaf))
  const many = leaves.map((leaf) => !constant.has(leaf))
  const { length } = loop.how
  const { outputs, batched } = batchGraph({ inputs: leaves, outputs: [value] }, values, many, length)
  return spread(outputs, batched, length)[0]!
}

/** The reader with the values computed in its body. */
function againInside(
  reader: LoopNode,
  own: readonly Read[],
  map: ReadonlyMap<Tensor, Tensor>,
  loop: Loop,
  isThere: (value: Tensor) => boolean,
  outerOf: (value: Tensor) => Tensor,
): readonly Tensor[] {
  const inputs = reader.inputs.map((input) => map.get(input) ?? input)
  const open = openLoop(reader.attrs, inputs)
  const constant = new Map(loop.constants.map(({ stand, outer }) => [stand, outer]))
  const slots = new Map<Tensor, Slot>()
  for (const { value } of own) {
    for (const leaf of leavesOf(value, loop, isThere)) {
      if (slots.has(leaf)) continue
      const outer = constant.get(leaf) ?? outerOf(leaf)
      slots.set(leaf, { outer, stand: constant.has(leaf) ? standFor(outer) : standForSlice(outer) })
    }
  }
  const stands = new Map([...slots].map(([leaf, { stand }]) => [leaf, stand]))
  const bodyMap = new Map<Tensor, Tensor>()
  for (const { at, value } of own) {
    const stand = reader.attrs.body.inputs[at]!
    bodyMap.set(stand, substitute([value], new Map(stands))[0]!)
  }
  const bodyOutputs = substitute([...open.carries.map(({ next }) => next), ...open.stacks], bodyMap)
  const fresh = [...slots]
  const replaced = new Set(own.map(({ at }) => reader.attrs.body.inputs[at]!))
  const { attrs, inputs: all } = partsOf({
    ...open,
    carries: open.carries.map((carry, i) => ({ ...carry, next: bodyOutputs[i]! })),
    stacks: bodyOutputs.slice(open.carries.length),
    sequences: [
      ...open.sequences.filter(({ stand }) => !replaced.has(stand)),
      ...fresh.filter(([leaf]) => !constant.has(leaf)).map(([, slot]) => slot),
    ],
    constants: [...open.constants, ...fresh.filter(([leaf]) => constant.has(leaf)).map(([, slot]) => slot)],
  })
  return apply(scanOp, all, attrs)
}
