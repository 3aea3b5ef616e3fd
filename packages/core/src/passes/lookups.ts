import { orderOf, substitute, type Graph } from '../graph.js'
import { primitives } from '../ops/index.js'
import { scanOp, type ScanAttrs } from '../ops/scan.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { isNodeOf, madeBy } from './build.js'
import { openLoop, partsOf, standFor, standForSlice, type Carry, type Slot } from './loop.js'
import { changeLoops, holdsCheckpoint } from './rewrite.js'
import type { Uses } from './uses.js'

const p = primitives

/**
 * A loop over blocks of time that are computed again keeps little, so what it reads and writes for all steps at once
 * outweighs the rest. What it reads from a table it looks up block by block; what is added up by an index it adds up
 * block by block.
 */
export function lookups(graph: Graph): Graph {
  return changeLoops(graph, (node, uses) => (holdsCheckpoint(node.attrs.body) ? movedIn(node, uses) : null))
}

/** What stands for the outputs of the loop, and for what is made of them; null if nothing moves in. */
function movedIn(node: Node<ScanAttrs> & Node, uses: Uses): Map<Tensor, Tensor> | null {
  const loop = openLoop(node.attrs, node.inputs)
  const body = new Map<Tensor, Tensor>()
  const constants: Slot[] = [...loop.constants]
  const sequences = loop.sequences.map((slot) => {
    const rows = lookedUp(slot.outer)
    if (!rows) return slot
    const table = { outer: rows.from, stand: standFor(rows.from) }
    const indices = { outer: rows.indices, stand: standForSlice(rows.indices) }
    constants.push(table)
    body.set(slot.stand, apply(p.take, [table.stand, indices.stand], {})[0]!)
    return indices
  })
  const sums = loop.stacks.map((_, i) => addedUp(node.outputs[loop.carries.length + i]!, node, uses))
  if (body.size === 0 && sums.every((sum) => sum === null)) return null

  const made = substitute([...loop.carries.map(({ next }) => next), ...loop.stacks], body)
  const nexts = made.slice(0, loop.carries.length)
  const stacks = made.slice(loop.carries.length)
  const totals: Carry[] = []
  sums.forEach((sum, i) => {
    if (!sum) return
    const indices = { outer: sum.indices, stand: standForSlice(sum.indices) }
    const stand = standFor(sum.total)
    const { shape, dtype } = sum.total
    const terms = apply(p.scatterAdd, [indices.stand, stacks[i]!], { size: shape[0]! })
    sequences.push(indices)
    totals.push({
      start: apply(p.full, [], { value: 0, shape, dtype })[0]!,
      stand,
      next: apply(p.add, [stand, terms[0]!], {})[0]!,
    })
  })
  const carries = [...loop.carries.map((carry, i) => ({ ...carry, next: nexts[i]! })), ...totals]
  const kept = stacks.filter((_, i) => !sums[i])
  const { attrs, inputs } = partsOf({ ...loop, carries, sequences, constants, stacks: kept })
  const results = apply(scanOp, inputs, attrs)
  const before = [
    ...node.outputs.slice(0, loop.carries.length),
    ...sums.flatMap((sum) => (sum ? [sum.total] : [])),
    ...node.outputs.slice(loop.carries.length).filter((_, i) => !sums[i]),
  ]
  return new Map(before.map((tensor, i) => [tensor, results[i]!]))
}

/** The table and the indices, one for each row of each step, of a sequence that is looked up. */
function lookedUp(sequence: Tensor): { readonly from: Tensor; readonly indices: Tensor } | null {
  const take = madeBy(beforeReshape(sequence), p.take)
  const [from, indices] = take?.inputs ?? []
  if (from?.rank !== 2 || from.shape[1] !== sequence.shape.at(-1)) return null
  return { from, indices: reshaped(indices!, sequence.shape.slice(0, -1)) }
}

/** The sum by an index that a stack is only there for, and the indices of each step. */
function addedUp(
  stack: Tensor,
  loop: Node,
  uses: Uses,
): { readonly total: Tensor; readonly indices: Tensor } | null {
  const only = (tensor: Tensor) => (uses.get(tensor)?.length === 1 ? uses.get(tensor)![0]! : null)
  const use = only(stack)
  const rows = isNodeOf(use, p.reshape) ? use.outputs[0]! : stack
  const sum = rows === stack ? use : only(rows)
  if (!isNodeOf(sum, p.scatterAdd) || sum.inputs[1] !== rows || rows.shape.at(-1) !== stack.shape.at(-1))
    return null
  const [indices] = sum.inputs
  if (rows.rank !== indices!.rank + 1 || orderOf([indices!]).includes(loop)) return null
  return { total: sum.outputs[0]!, indices: reshaped(indices!, stack.shape.slice(0, -1)) }
}

function beforeReshape(tensor: Tensor): Tensor {
  const below = madeBy(tensor, p.reshape)?.inputs[0]
  return below && below.shape.at(-1) === tensor.shape.at(-1) ? below : tensor
}

function reshaped(tensor: Tensor, shape: readonly number[]): Tensor {
  return apply(p.reshape, [tensor], { shape })[0]!
}
