import type { Graph } from '../graph.js'
import { primitives } from '../ops/index.js'
import { scanOp, type ScanAttrs } from '../ops/scan.js'
import { apply, type Node, type Tensor } from '../tensor.js'
import { isNodeOf, madeBy } from './build.js'
import { openLoop, partsOf, standFor, type Carry } from './loop.js'
import { changeLoops } from './rewrite.js'
import type { Uses } from './uses.js'

const p = primitives

/**
 * A sequence that is zero after its first step, and a stack of which only the last step is read, need no memory for the
 * steps between: both are carries. So are the gradient and the result of a network that is judged by its last state.
 */
export function ends(graph: Graph): Graph {
  return changeLoops(graph, (node, uses) => (node.attrs.length > 1 ? carried(node, uses) : null))
}

/** What stands for the outputs of the loop, and for what is read of its stacks; null if nothing changes. */
function carried(node: Node<ScanAttrs> & Node, uses: Uses): Map<Tensor, Tensor> | null {
  const loop = openLoop(node.attrs, node.inputs)
  const begun: Carry[] = []
  const sequences = loop.sequences.filter(({ outer, stand }) => {
    const start = onlyFirst(outer, node.attrs)
    if (start) begun.push({ start, stand, next: zeros(stand) })
    return !start
  })
  const reads = loop.stacks.map((_, i) => lastReads(node.outputs[loop.carries.length + i]!, node.attrs, uses))
  const ended = loop.stacks.flatMap((stack, i): Carry[] =>
    reads[i] ? [{ start: zeros(stack), stand: standFor(stack), next: stack }] : [],
  )
  if (begun.length === 0 && ended.length === 0) return null
  const stacks = loop.stacks.filter((_, i) => !reads[i])
  const carries = [...loop.carries, ...begun, ...ended]
  const { attrs, inputs } = partsOf({ ...loop, carries, sequences, stacks })
  const results = apply(scanOp, inputs, attrs)
  const map = new Map<Tensor, Tensor>()
  let [last, kept] = [loop.carries.length + begun.length, carries.length]
  node.outputs.forEach((output, i) => {
    const read = reads[i - loop.carries.length]
    if (i < loop.carries.length) map.set(output, results[i]!)
    else if (read) read(results[last++]!, map)
    else map.set(output, results[kept++]!)
  })
  return map
}

const zeros = ({ shape, dtype }: Tensor) => apply(p.full, [], { value: 0, shape, dtype })[0]!

/** The first step (in the order of the loop) of a sequence that is zero in all others; null for other sequences. */
function onlyFirst(sequence: Tensor, { length, reverse }: ScanAttrs): Tensor | null {
  const slice = sequence.shape.slice(1)
  const pad = madeBy(sequence, p.pad) ?? madeBy(madeBy(sequence, p.reshape)?.inputs[0] ?? sequence, p.pad)
  const whole = pad?.outputs[0]
  if (!pad || pad.attrs.value !== 0 || pad.attrs.interior.some((n) => n > 0)) return null
  const rows = rowsOfStep(whole!, sequence)
  if (rows === null) return null
  const before = (length - 1) * rows
  const side = reverse ? 'low' : 'high'
  const [most, ...others] = pad.attrs[side]
  if (most! < before) return null
  const first = apply(p.pad, pad.inputs, { ...pad.attrs, [side]: [most! - before, ...others] })
  return apply(p.reshape, first, { shape: slice })[0]!
}

/**
 * If only the last step (in the order of the loop) of a stack is read: a function that maps those reads, given that step.
 */
function lastReads(
  stack: Tensor,
  { length, reverse }: ScanAttrs,
  uses: Uses,
): ((last: Tensor, map: Map<Tensor, Tensor>) => void) | null {
  const found: ((last: Tensor, map: Map<Tensor, Tensor>) => void)[] = []
  const readsOf = (tensor: Tensor): boolean =>
    (uses.get(tensor) ?? []).every((use) => {
      if (isNodeOf(use, p.reshape) && tensor === stack) return readsOf(use.outputs[0]!)
      const rows = rowsOfStep(tensor, stack)
      if (!isNodeOf(use, p.slice) || rows === null) return false
      const { start, stop, step } = use.attrs
      const before = reverse ? 0 : (length - 1) * rows
      if (step[0] !== 1 || start[0]! < before || stop[0]! > before + rows) return false
      found.push((last, map) => {
        const block = apply(p.reshape, [last], { shape: [rows, ...tensor.shape.slice(1)] })
        const at = ([first, ...others]: readonly number[]) => [first! - before, ...others]
        map.set(use.outputs[0]!, apply(p.slice, block, { start: at(start), stop: at(stop), step })[0]!)
      })
      return true
    })
  if (!readsOf(stack) || found.length === 0) return null
  return (last, map) => found.forEach((read) => read(last, map))
}

/** How many rows of a tensor are one step of a stack whose two first axes it joins (or which it is); null for others. */
function rowsOfStep(tensor: Tensor, { shape }: Tensor): number | null {
  if (tensor.shape.join() === shape.join()) return 1
  const joined = [shape[0]! * (shape[1] ?? 0), ...shape.slice(2)]
  return tensor.shape.join() === joined.join() ? shape[1]! : null
}
