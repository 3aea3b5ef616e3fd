import { orderOf } from '../graph.js'
import { primitives } from '../ops/index.js'
import { scanOp, type ScanAttrs } from '../ops/scan.js'
import type { Node, Tensor } from '../tensor.js'
import { isNodeOf, isScan, madeBy, sliceAlong } from './build.js'
import type { Level } from './merge-products.js'
import type { Group } from './regroup.js'

const p = primitives

/** Stacks of one loop that stand side by side along an axis of the step. */
interface Joined {
  readonly loop: Node<ScanAttrs> & Node
  readonly outputs: readonly number[]
  /** the axis in the step */
  readonly axis: number
}

/** How these parts of a concatenation are stacks of one loop, that loop could stack as one; null if they are not. */
export function stacksJoined(parts: readonly Tensor[], axis: number): Joined | null {
  const stacks = parts.map((part) => stackBelow(part, axis))
  const [first] = stacks
  const loop = first?.stack.node ?? null
  if (!first || !isScan(loop)) return null
  const outputs: number[] = []
  for (const each of stacks) {
    const isFellow =
      each?.stack.node === loop && each.axis === first.axis && each.stack.rank === first.stack.rank
    if (!isFellow || outputs.includes(each.stack.index)) return null
    outputs.push(each.stack.index)
  }
  const agree = stacks.every((each) =>
    each!.stack.shape.every((extent, i) => i === first.axis || extent === first.stack.shape[i]),
  )
  return agree ? { loop, outputs, axis: first.axis - 1 } : null
}

/** The stack that a part is, but for a reshape of the other axes, and which of its axes the given one is. */
function stackBelow(part: Tensor, axis: number): { stack: Tensor; axis: number } | null {
  const isStack = ({ node, index }: Tensor) => isScan(node) && index >= node.attrs.carries
  if (isStack(part)) return axis > 0 ? { stack: part, axis } : null
  const stack = madeBy(part, p.reshape)?.inputs[0]
  if (!stack || !isStack(stack)) return null
  const isLast = axis === part.rank - 1 && stack.rank > 1 && part.shape.at(-1) === stack.shape.at(-1)
  return isLast ? { stack, axis: stack.rank - 1 } : null
}

/** Loops whose stacks are concatenated stack the concatenation, and once. */
export function packStacks(outputs: readonly Tensor[], _level: Level): readonly Group[] {
  const byLoop = new Map<Node, Joined>()
  for (const node of orderOf(outputs)) {
    const joined = isNodeOf(node, p.concat) ? stacksJoined(node.inputs, node.attrs.axis) : null
    if (joined && !byLoop.has(joined.loop)) byLoop.set(joined.loop, joined)
  }
  return [...byLoop.values()].map(packGroup)
}

function packGroup({ loop, outputs, axis }: Joined): Group {
  const { body } = loop.attrs
  const single = body.outputs.map((_, i) => i).filter((i) => !outputs.includes(i))
  return {
    members: [loop],
    make(look, b) {
      const parts = outputs.map((i) => body.outputs[i]!)
      const packed = b.inner().one(p.concat, parts, { axis })
      const results = b.make(scanOp, loop.inputs.map(look), {
        ...loop.attrs,
        body: { inputs: body.inputs, outputs: [...single.map((i) => body.outputs[i]!), packed] },
      })
      const all = results[single.length]!
      let at = 0
      const pieces = outputs.map((i) => {
        const old = loop.outputs[i]!
        const [from, to] = [at, (at += old.shape[axis + 1]!)]
        const piece = sliceAlong(all, axis + 1, from, to, b)
        return [old, piece] as const
      })
      return [...single.map((i, place) => [loop.outputs[i]!, results[place]!] as const), ...pieces]
    },
  }
}
