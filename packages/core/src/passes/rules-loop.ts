import { orderOf } from '../graph.js'
import type { Op } from '../op.js'
import type { ScanAttrs } from '../ops/scan.js'
import { primitives } from '../ops/index.js'
import type { Shape } from '../shape.js'
import type { Node, Tensor } from '../tensor.js'
import { fill, literalOf, madeBy, sliceAlong, type Builder } from './build.js'
import { openLoop, partsOf, standFor, standForSlice, type Loop, type Slot } from './loop.js'

const p = primitives

/** A loop simplified: its body, what it takes from outside, and what of it need not be in the loop. */
export function simplifyLoop(
  node: Node<ScanAttrs>,
  inputs: readonly Tensor[],
  b: Builder,
): readonly Tensor[] {
  const loop = openLoop(node.attrs, inputs)
  if (loop.how.length === 0) return [...loop.carries.map(({ start }) => start), ...emptyStacks(loop, b)]
  if (loop.how.length === 1) return unrolled(loop, b)
  const moving = loop.carries.filter(({ stand, next }) => next !== stand)
  const still = loop.carries.filter(({ stand, next }) => next === stand)
  const fixed = still.map(({ start, stand }) => ({ outer: start, stand }))
  const open = { ...loop, carries: moving, constants: [...loop.constants, ...fixed] }
  const results = emit(node, hoistInvariants(takeIn(open, b), b), b)
  const after = new Map(moving.map(({ stand }, i) => [stand, results[i]!]))
  return [
    ...loop.carries.map(({ start, stand }) => after.get(stand) ?? start),
    ...results.slice(moving.length),
  ]
}

function emptyStacks({ stacks }: Loop, b: Builder): Tensor[] {
  return stacks.map(({ shape, dtype }) => fill(b, 0, { shape: [0, ...shape], dtype }))
}

/** A loop of one step is its body. */
function unrolled({ carries, sequences, constants, stacks }: Loop, b: Builder): readonly Tensor[] {
  const map = new Map<Tensor, Tensor>()
  for (const { start, stand } of carries) map.set(stand, start)
  for (const { outer, stand } of sequences) map.set(stand, b.one(p.reshape, [outer], { shape: stand.shape }))
  for (const { outer, stand } of constants) map.set(stand, outer)
  const outputs = b.rebuild([...carries.map(({ next }) => next), ...stacks], map)
  return outputs.map((y, i) => (i < carries.length ? y : b.one(p.reshape, [y], { shape: [1, ...y.shape] })))
}

/** The body made again with less from outside: literals, repetition and movement inside, each value once. */
function takeIn(loop: Loop, b: Builder): Loop {
  const inner = b.inner()
  const sequences = new Map<Tensor, Slot>()
  const constants = new Map<Tensor, Slot>()
  const map = new Map<Tensor, Tensor>()

  const constant = (outer: Tensor, was?: Slot): Tensor => {
    const value = literalOf(outer)
    if (value !== null) return fill(inner, value, outer)
    const stretch = madeBy(outer, p.broadcast)
    if (stretch) return inner.one(p.broadcast, [constant(stretch.inputs[0]!)], stretch.attrs)
    return stand(constants, outer, was, standFor)
  }

  const sequence = (outer: Tensor, was?: Slot): Tensor => {
    const shape = outer.shape.slice(1)
    const value = literalOf(outer)
    if (value !== null) return fill(inner, value, { shape, dtype: outer.dtype })
    const [from] = outer.node?.inputs ?? []
    if (madeBy(outer, p.broadcast)) {
      if (from!.shape[0] !== 1) return inner.one(p.broadcast, [sequence(from!)], { shape })
      const always = b.one(p.reshape, [from!], { shape: from!.shape.slice(1) })
      return inner.one(p.broadcast, [constant(always)], { shape })
    }
    const reshaped = madeBy(outer, p.reshape)
    if (reshaped && from!.shape[0] === loop.how.length)
      return inner.one(p.reshape, [sequence(from!)], { shape })
    const moved = madeBy(outer, p.transpose)
    if (moved?.attrs.permutation[0] === 0) {
      const permutation = moved.attrs.permutation.slice(1).map((axis) => axis - 1)
      return inner.one(p.transpose, [sequence(from!)], { permutation })
    }
    const cut = madeBy(outer, p.slice)
    if (cut && from!.shape[0] === loop.how.length && cut.attrs.step[0] === 1) {
      const [start, stop, step] = [cut.attrs.start, cut.attrs.stop, cut.attrs.step].map((all) => all.slice(1))
      return inner.one(p.slice, [sequence(from!)], { start: start!, stop: stop!, step: step! })
    }
    return stand(sequences, outer, was, standForSlice)
  }

  for (const slot of loop.sequences) map.set(slot.stand, sequence(slot.outer, slot))
  for (const slot of loop.constants) map.set(slot.stand, constant(slot.outer, slot))
  const outputs = inner.rebuild([...loop.carries.map(({ next }) => next), ...loop.stacks], map)
  return {
    carries: loop.carries.map(({ start, stand }, i) => ({ start, stand, next: outputs[i]! })),
    sequences: [...sequences.values()],
    constants: [...constants.values()],
    stacks: outputs.slice(loop.carries.length),
    how: loop.how,
  }
}

function stand(
  slots: Map<Tensor, Slot>,
  outer: Tensor,
  was: Slot | undefined,
  fresh: (outer: Tensor) => Tensor,
): Tensor {
  const known = slots.get(outer)
  if (known) return known.stand
  const slot = was ?? { outer, stand: fresh(outer) }
  slots.set(outer, slot)
  return slot.stand
}

/** What depends on constants alone is computed outside, once; repetition and new shapes of it cost nothing inside. */
function hoistInvariants(loop: Loop, b: Builder): Loop {
  const outputs = [...loop.carries.map(({ next }) => next), ...loop.stacks]
  const still = new Set<Tensor>(loop.constants.map(({ stand }) => stand))
  const found = new Set<Tensor>()
  const look = (tensor: Tensor) => {
    let anchor = tensor
    for (let node = free(anchor); node; node = free(anchor)) anchor = node.inputs[0]!
    if (anchor.node !== null && anchor.node.inputs.length > 0 && still.has(anchor)) found.add(anchor)
  }
  for (const node of orderOf(outputs)) {
    if (node.inputs.every((input) => still.has(input))) for (const output of node.outputs) still.add(output)
    else node.inputs.forEach((input) => still.has(input) && look(input))
  }
  for (const output of outputs) if (still.has(output)) look(output)
  if (found.size === 0) return loop
  const values = [...found]
  const outside = b.rebuild(values, new Map(loop.constants.map(({ stand, outer }) => [stand, outer])))
  const hoisted = outside.map((outer) => ({ outer, stand: standFor(outer) }))
  const map = new Map(values.map((value, i) => [value, hoisted[i]!.stand]))
  const after = b.inner().rebuild(outputs, map)
  return {
    ...loop,
    carries: loop.carries.map(({ start, stand }, i) => ({ start, stand, next: after[i]! })),
    constants: [...loop.constants, ...hoisted],
    stacks: after.slice(loop.carries.length),
  }
}

function free(tensor: Tensor): Node<{ readonly shape: Shape }> | null {
  return madeBy(tensor, p.broadcast) ?? madeBy(tensor, p.reshape)
}

/** Makes the loop, without the stacks that are known outside. Returns its last carries and all its stacks. */
function emit(node: Node<ScanAttrs>, loop: Loop, b: Builder): readonly Tensor[] {
  const { carries, how } = loop
  const wanted = new Set(loop.stacks)
  const places = new Map<Tensor, number>()
  let made: readonly Tensor[] = []
  const placed = (y: Tensor) => {
    if (!places.has(y)) places.set(y, places.size)
    return () => made[carries.length + places.get(y)!]!
  }
  const open = new Set<Tensor>()
  const stackOf = (y: Tensor): (() => Tensor) => {
    // a carry may become a part of itself: then one of the two is a stack after all
    if (open.has(y)) return placed(y)
    open.add(y)
    const stack = known(y) ?? placed(y)
    open.delete(y)
    return stack
  }
  const known = (y: Tensor): (() => Tensor) | null => {
    const value = literalOf(y)
    if (value !== null) return () => fill(b, value, { shape: [how.length, ...y.shape], dtype: y.dtype })
    const sequence = loop.sequences.find(({ stand }) => stand === y)
    if (sequence) return () => sequence.outer
    const constant = loop.constants.find(({ stand }) => stand === y)
    if (constant) return () => repeated(constant.outer, how.length, b)
    const carryAt = (value: Tensor) => carries.find(({ stand }) => stand === value)
    const carry = carryAt(y)
    if (carry && wanted.has(carry.next) && !carryAt(carry.next)) {
      const next = stackOf(carry.next)
      return () => delayed(carry.start, next(), how, b)
    }
    const spread = free(y)
    if (spread) {
      const below = stackOf(spread.inputs[0]!)
      return () => b.one(spread.op, [below()], { shape: [how.length, ...y.shape] })
    }
    const cut = madeBy(y, p.slice)
    if (cut && wanted.has(cut.inputs[0]!)) {
      const all = stackOf(cut.inputs[0]!)
      const { start, stop, step } = cut.attrs
      return () =>
        b.one(p.slice, [all()], {
          start: [0, ...start],
          stop: [how.length, ...stop],
          step: [1, ...step],
        })
    }
    const whole = loop.stacks.find((stack) => stack !== y && rangeIn(stack, y))
    if (whole) {
      const all = stackOf(whole)
      const { axis, from, to } = rangeIn(whole, y)!
      return () => sliceAlong(all(), axis + 1, from, to, b)
    }
    return null
  }
  const results = loop.stacks.map(stackOf)
  const { attrs, inputs } = partsOf({ ...loop, stacks: [...places.keys()] })
  if (attrs.body.outputs.length > 0) {
    const isSame =
      attrs.carries === node.attrs.carries &&
      attrs.sequences === node.attrs.sequences &&
      areSame(attrs.body.inputs, node.attrs.body.inputs) &&
      areSame(attrs.body.outputs, node.attrs.body.outputs)
    made = b.raw(node.op as unknown as Op, inputs, isSame ? node.attrs : attrs, node as unknown as Node)
  }
  return [...made.slice(0, carries.length), ...results.map((result) => result())]
}

/** Where a concatenation holds a part, or the parts of another concatenation; null if it does not. */
function rangeIn(whole: Tensor, part: Tensor): { axis: number; from: number; to: number } | null {
  const outer = madeBy(whole, p.concat)
  if (!outer) return null
  const { axis } = outer.attrs
  const inner = madeBy(part, p.concat)
  const parts = inner?.attrs.axis === axis ? inner.inputs : [part]
  const at = outer.inputs.findIndex((_, i) => parts.every((each, j) => each === outer.inputs[i + j]))
  if (at < 0 || parts.length === outer.inputs.length) return null
  const from = outer.inputs.slice(0, at).reduce((sum, { shape }) => sum + shape[axis]!, 0)
  return { axis, from, to: from + part.shape[axis]! }
}

function areSame(a: readonly Tensor[], b: readonly Tensor[]): boolean {
  return a.length === b.length && a.every((tensor, i) => tensor === b[i])
}

/** x at every step. */
function repeated(x: Tensor, length: number, b: Builder): Tensor {
  const row = b.one(p.reshape, [x], { shape: [1, ...x.shape] })
  return b.one(p.broadcast, [row], { shape: [length, ...x.shape] })
}

/** What a carry was at the start of each step, from its start and the stack of what it became. */
export function delayed(start: Tensor, stack: Tensor, { length, reverse }: Loop['how'], b: Builder): Tensor {
  const first = b.one(p.reshape, [start], { shape: [1, ...start.shape] })
  const [from, to] = reverse ? ([1, length] as const) : ([0, length - 1] as const)
  const rest = sliceAlong(stack, 0, from, to, b)
  return b.one(p.concat, reverse ? [rest, first] : [first, rest], { axis: 0 })
}
