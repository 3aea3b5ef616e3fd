import { isPlaceholder, substitute, type Graph } from '../graph.js'
import { add, mul, sub } from '../ops/arithmetic.js'
import { full } from '../ops/literal.js'
import { broadcastTo, reshape } from '../ops/movement.js'
import { sum } from '../ops/reduce.js'
import { scanOp, type ScanAttrs } from '../ops/scan.js'
import { concat, sliceAxis } from '../ops/concat.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { linearSets } from './build.js'
import { dependenceOf, type Dependence, type Term } from './dependence.js'
import { openLoop, partsOf, standFor, standForSlice, type Carry, type Loop, type Slot } from './loop.js'
import { holdsCheckpoint, rewriteLoops } from './rewrite.js'
import { stagesOf, type Stages } from './stages.js'

/**
 * Loop distribution (Kennedy and McKinley, Loop distribution with arbitrary control flow, 1990): each body is cut at the
 * strongly connected components of its dependences. What is in no cycle is computed for all steps at once, before, after
 * or between what remains of the loop; a sum of products over time becomes one product. Inner loops come first.
 */
export function distribute(graph: Graph): Graph {
  return rewriteLoops(graph, distributeLoop)
}

function distributeLoop(attrs: ScanAttrs, inputs: readonly Tensor[]): readonly Tensor[] | null {
  if (attrs.length < 2 || holdsCheckpoint(attrs.body)) return null
  const dependence = dependenceOf(openLoop(attrs, inputs))
  const stages = stagesOf(dependence)
  return isWhole(dependence, stages) ? null : emit(dependence, stages)
}

/** Whether the loop would stay as it is. */
function isWhole({ loop, vertices, sums }: Dependence, stages: Stages): boolean {
  const isSequence = new Set(loop.sequences.map(({ stand }) => stand.node))
  const isPlaced = (node: Node) =>
    node.inputs.length === 0 || (node.op.cost === 'free' && stages.get(node)! < 0)
  const staysInside = (node: Node | null) => stages.get(node!) === 1 || isPlaced(node!)
  return (
    vertices.every((vertex) => isSequence.has(vertex) || staysInside(vertex)) &&
    sums.every(({ terms }) =>
      terms.every(({ value }) => staysInside(value.node) && stages.get(value.node!) === 1),
    )
  )
}

/** The stages one after the other. Returns the outputs of the loop. */
function emit(dependence: Dependence, stages: Stages): readonly Tensor[] {
  const { loop, vertices, carries, sums } = dependence
  const { length, reverse } = loop.how
  /** values outside: one for all steps at stage −1, stacks at the others */
  const outer = new Map<Tensor, Tensor>()
  const lasts = new Map<Carry, Tensor>()
  const totals = new Map(sums.map(({ carry }) => [carry, carry.start]))
  const stageOf = (tensor: Tensor) => stages.get(tensor.node!)!
  const isStill = (tensor: Tensor) => stageOf(tensor) < 0
  const kept = new Set(loop.stacks)
  for (const { outer: value, stand } of [...loop.constants, ...loop.sequences]) outer.set(stand, value)

  const stackOf = (tensor: Tensor): Tensor => {
    const value = outer.get(tensor)!
    return isStill(tensor)
      ? broadcastTo(reshape(value, [1, ...value.shape]), [length, ...value.shape])
      : value
  }

  const delayed = ({ start }: Carry, stack: Tensor) => {
    const first = reshape(start, [1, ...start.shape])
    return reverse
      ? concat([sliceAxis(stack, 0, 1, length), first])
      : concat([first, sliceAxis(stack, 0, 0, length - 1)])
  }

  const lastOf = (next: Tensor) => {
    if (isStill(next)) return outer.get(next)!
    const at = reverse ? 0 : length - 1
    return reshape(sliceAxis(outer.get(next)!, 0, at, at + 1), next.shape)
  }

  const outside = (vertex: Node, stage: number) => {
    const carry = carries.get(vertex)
    if (carry) {
      outer.set(carry.stand, delayed(carry, stackOf(carry.next)))
      lasts.set(carry, lastOf(carry.next))
      return
    }
    if (outer.has(vertex.outputs[0]!)) return
    const inputs = vertex.inputs.map((input) => outer.get(input)!)
    const many = vertex.inputs.map((input) => !isStill(input))
    const made =
      stage < 0
        ? apply(vertex.op, inputs, vertex.attrs)
        : vertex.op.batch!(inputs, many, vertex.attrs, length)
    vertex.outputs.forEach((output, i) => outer.set(output, made[i]!))
  }

  const inside = (stage: number, members: readonly Node[]) => {
    const part = loopOf(stage, members, dependence, stages, outer, totals)
    const { attrs, inputs } = partsOf(part.loop)
    const results = attrs.body.outputs.length === 0 ? [] : apply(scanOp, inputs, attrs)
    const count = part.loop.carries.length
    part.carries.forEach((carry, i) =>
      (carries.get(carry.stand.node!) === carry ? lasts : totals).set(carry, results[i]!),
    )
    part.stacked.forEach((tensor, i) => outer.set(tensor, results[count + i]!))
    for (const carry of part.carries) {
      const stack = outer.get(carry.next)
      if (stack && !outer.has(carry.stand)) outer.set(carry.stand, delayed(carry, stack))
    }
  }

  const last = Math.max(...stages.values())
  for (let stage = -1; stage <= last; stage++) {
    const members = vertices.filter((vertex) => stages.get(vertex) === stage)
    if (stage % 2 === 0 || stage < 0) for (const vertex of members) outside(vertex, stage)
    else inside(stage, members)
  }

  for (const { carry, terms } of sums) {
    const total = terms
      .filter(({ value }) => stageOf(value) % 2 === 0 || isStill(value))
      .reduce(
        (sum, { value, isSubtracted }) => (isSubtracted ? sub : add)(sum, overTime(value)),
        totals.get(carry)!,
      )
    lasts.set(carry, total)
  }
  return [...loop.carries.map((carry) => lasts.get(carry)!), ...loop.stacks.map(stackOf)]

  /** The sum of a value over all steps. `readers` of its node are those that only want the sum. */
  function overTime(value: Tensor, readers = 0): Tensor {
    const all = outer.get(value)!
    if (isStill(value)) return mul(all, full(length, value.shape, value.dtype))
    return (collects(value, readers) && sumOf(value.node!)) || sum(all, 0)
  }

  /** Whether the value is made outside for its sum alone, by an op that sums sooner or passes sums on. */
  function collects(value: Tensor, readers: number): boolean {
    const node = value.node!
    const isOwn =
      stageOf(value) >= 0 && stageOf(value) % 2 === 0 && node.inputs.length > 0 && !carries.has(node)
    if (!isOwn || dependence.after.get(node)!.length > readers || kept.has(value)) return false
    return (
      node.op.batchSum !== undefined || node.inputs.some((input) => !isStill(input) && collects(input, 1))
    )
  }

  function sumOf(node: Node): Tensor | null {
    const many = node.inputs.map((input) => !isStill(input))
    const inputs = node.inputs.map((input) => outer.get(input)!)
    if (node.op.batchSum) return node.op.batchSum(inputs, many, node.attrs, length)
    const linear = linearSets(node).find((set) => many.every((isMany, i) => !isMany || set.includes(i)))
    if (!linear) return null
    const parts = node.inputs.map((input, i) => (linear.includes(i) ? overTime(input, 1) : inputs[i]!))
    return apply(node.op, parts, node.attrs)[0]!
  }
}

interface Part {
  readonly loop: Loop
  /** the loop's carries as those they stand for */
  readonly carries: readonly Carry[]
  /** the values it stacks */
  readonly stacked: readonly Tensor[]
}

/** What is left of the loop at one stage. */
function loopOf(
  stage: number,
  members: readonly Node[],
  { loop, vertices, carries, sums }: Dependence,
  stages: Stages,
  outer: ReadonlyMap<Tensor, Tensor>,
  totals: ReadonlyMap<Carry, Tensor>,
): Part {
  const isMember = new Set(members)
  const stacked = new Set<Tensor>()
  const wantStack = (tensor: Tensor) => {
    if (!isMember.has(tensor.node!)) return
    const next = carries.get(tensor.node!)?.next
    stacked.add(next && isMember.has(next.node!) && !carries.has(next.node!) ? next : tensor)
  }
  loop.stacks.forEach(wantStack)
  for (const vertex of vertices) {
    if (stages.get(vertex)! <= stage) continue
    const carry = carries.get(vertex)
    ;(carry ? [carry.next] : vertex.inputs).forEach(wantStack)
  }

  const own = members.flatMap((vertex) => carries.get(vertex) ?? [])
  const collecting = sums.flatMap(({ carry, terms }) => {
    const here = terms.filter(({ value }) => isMember.has(value.node!))
    return here.length > 0 ? [{ carry, next: collect(carry.stand, here) }] : []
  })
  const nexts = [...own.map(({ next }) => next), ...collecting.map(({ next }) => next)]

  const slots = new Map<Tensor, Slot>()
  const sequences: Slot[] = []
  const constants: Slot[] = []
  for (const input of members.flatMap((vertex) => (carries.has(vertex) ? [] : vertex.inputs))) {
    const isLiteral = input.node!.inputs.length === 0 && !isPlaceholder(input)
    if (isMember.has(input.node!) || slots.has(input) || isLiteral) continue
    const value = outer.get(input)!
    const isStill = stages.get(input.node!)! < 0
    const slot = { outer: value, stand: isStill ? standFor(value) : standForSlice(value) }
    slots.set(input, slot)
    ;(isStill ? constants : sequences).push(slot)
  }
  const map = new Map([...slots].map(([input, { stand }]) => [input, stand]))
  const outputs = substitute([...nexts, ...stacked], map)
  const all = [...own, ...collecting.map(({ carry }) => carry)]
  return {
    carries: all,
    stacked: [...stacked],
    loop: {
      carries: all.map((carry, i) => ({
        start: totals.get(carry) ?? carry.start,
        stand: carry.stand,
        next: outputs[i]!,
      })),
      sequences,
      constants,
      stacks: outputs.slice(nexts.length),
      how: loop.how,
    },
  }
}

function collect(start: Tensor, terms: readonly Term[]): Tensor {
  return terms.reduce((total, { value, isSubtracted }) => (isSubtracted ? sub : add)(total, value), start)
}
