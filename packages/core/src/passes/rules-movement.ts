import type { Op } from '../op.js'
import { primitives } from '../ops/index.js'
import type { Pad, Slice } from '../ops/movement.js'
import { sameShape, type Shape } from '../shape.js'
import type { Node, Tensor } from '../tensor.js'
import { axesAcross, differsByUnits, stretchedAxes } from './axes.js'
import { fill, literalOf, madeBy, ruleFor, type Builder, type Rule } from './build.js'

/** Simplifications of ops that only move numbers. All are exact. */

const p = primitives

/** A literal moved is a literal. */
function moved(x: Tensor, shape: Shape, b: Builder): Tensor | null {
  const value = literalOf(x)
  return value === null ? null : fill(b, value, { shape: [...shape], dtype: x.dtype })
}

const reshape: Rule<{ readonly shape: Shape }> = ([x], { shape }, b) => {
  if (sameShape(x!.shape, shape)) return x!
  const below = madeBy(x!, p.reshape)
  if (below) return b.one(p.reshape, below.inputs, { shape })
  const cut = madeBy(x!, p.slice)
  if (cut && !differsByUnits(x!.shape, shape)) {
    const rest = untouchedAxes(cut.inputs[0]!.shape, x!.shape, shape)
    if (rest !== null) return sliceOfReshape(cut, shape, rest, b)
  }
  const stretch = madeBy(x!, p.broadcast)
  if (stretch && differsByUnits(x!.shape, shape)) {
    const [from] = stretch.inputs
    const across = axesAcross(x!.shape, shape)
    const small = across.map((axis) => (axis === null ? 1 : from!.shape[axis]!))
    return b.one(p.broadcast, [b.one(p.reshape, [from!], { shape: small })], { shape })
  }
  return moved(x!, shape, b)
}

/** How many last axes neither the slice nor the reshape after it may mix with those before, or null if they do. */
function untouchedAxes(whole: Shape, cut: Shape, shape: Shape): number | null {
  let rest = 0
  while (rest < cut.length && rest < shape.length && cut.at(-1 - rest) === shape.at(-1 - rest)) rest++
  // the slice cuts only among the last axes, and the reshape changes only those before
  const lead = cut.length - rest
  return whole.slice(0, lead).every((extent, axis) => extent === cut[axis]) ? rest : null
}

/** A slice of something reshaped is a view of it where a reshaped slice is a copy. */
function sliceOfReshape(cut: Node<Slice>, shape: Shape, rest: number, b: Builder): Tensor {
  const [whole] = cut.inputs
  const lead = shape.slice(0, shape.length - rest)
  const swap = (values: readonly number[], first: readonly number[]) => [
    ...first,
    ...values.slice(values.length - rest),
  ]
  const { start, stop, step } = cut.attrs
  return b.one(p.slice, [b.one(p.reshape, [whole!], { shape: swap(whole!.shape, lead) })], {
    start: swap(
      start,
      lead.map(() => 0),
    ),
    stop: swap(stop, lead),
    step: swap(
      step,
      lead.map(() => 1),
    ),
  })
}

const transpose: Rule<{ readonly permutation: readonly number[] }> = ([x], { permutation }, b) => {
  const shape = permutation.map((axis) => x!.shape[axis]!)
  const long = permutation.filter((axis) => x!.shape[axis] !== 1)
  // only axes of extent 1 move, or none
  if (long.every((axis, i) => i === 0 || long[i - 1]! < axis)) return b.one(p.reshape, [x!], { shape })
  const below = madeBy(x!, p.transpose)
  if (below) {
    const both = permutation.map((axis) => below.attrs.permutation[axis]!)
    return b.one(p.transpose, below.inputs, { permutation: both })
  }
  const stretch = madeBy(x!, p.broadcast)
  if (stretch) return b.one(p.broadcast, [b.one(p.transpose, stretch.inputs, { permutation })], { shape })
  return moved(x!, shape, b)
}

const broadcast: Rule<{ readonly shape: Shape }> = ([x], { shape }, b) => {
  if (sameShape(x!.shape, shape)) return x!
  const below = madeBy(x!, p.broadcast)
  return below ? b.one(p.broadcast, below.inputs, { shape }) : moved(x!, shape, b)
}

const slice: Rule<Slice> = ([x], { start, stop, step }, b) => {
  const shape = p.slice.infer([x!], { start, stop, step })[0]!.shape
  const isPlain = step.every((s) => s === 1)
  if (isPlain && sameShape(shape, x!.shape)) return x!
  const node = x!.node
  if (node === null) return null
  const [from] = node.inputs
  const literal = moved(x!, shape, b)
  if (literal) return literal
  const below = madeBy(x!, p.slice)
  if (below) {
    const { start: start0, step: step0 } = below.attrs
    const first = start.map((s, axis) => start0[axis]! + s * step0[axis]!)
    const by = step.map((s, axis) => s * step0[axis]!)
    const end = first.map((s, axis) => (shape[axis] === 0 ? s : s + (shape[axis]! - 1) * by[axis]! + 1))
    return b.one(p.slice, below.inputs, { start: first, stop: end, step: by })
  }
  if (madeBy(x!, p.broadcast)) {
    const cut = (whole: readonly number[], none: number) =>
      whole.map((s, axis) => (from!.shape[axis] === 1 && x!.shape[axis] !== 1 ? none : s))
    const part = b.one(p.slice, [from!], { start: cut(start, 0), stop: cut(stop, 1), step: cut(step, 1) })
    return b.one(p.broadcast, [part], { shape })
  }
  if (madeBy(x!, p.transpose)) {
    const { permutation } = madeBy(x!, p.transpose)!.attrs
    const back = (values: readonly number[]) =>
      permutation.map((_, axis) => values[permutation.indexOf(axis)]!)
    const part = b.one(p.slice, [from!], { start: back(start), stop: back(stop), step: back(step) })
    return b.one(p.transpose, [part], { permutation })
  }
  if (madeBy(x!, p.reshape) && differsByUnits(from!.shape, x!.shape) && shape.every((extent) => extent > 0)) {
    const across = axesAcross(x!.shape, from!.shape)
    const back = (values: readonly number[], unit: number) =>
      across.map((axis) => (axis === null ? unit : values[axis]!))
    const part = b.one(p.slice, [from!], { start: back(start, 0), stop: back(stop, 1), step: back(step, 1) })
    return b.one(p.reshape, [part], { shape })
  }
  if (!isPlain) return null
  return sliceOfConcat(x!, start, stop, b) ?? sliceOfPad(x!, start, shape, b)
}

function sliceOfConcat(
  x: Tensor,
  start: readonly number[],
  stop: readonly number[],
  b: Builder,
): Tensor | null {
  const concat = madeBy(x, p.concat)
  if (!concat) return null
  const { axis } = concat.attrs
  const parts: Tensor[] = []
  let at = 0
  for (const part of concat.inputs) {
    const extent = part.shape[axis]!
    const low = Math.max(start[axis]! - at, 0)
    const high = Math.min(stop[axis]! - at, extent)
    at += extent
    if (low >= high) continue
    const swap = (whole: readonly number[], own: number) => whole.map((s, a) => (a === axis ? own : s))
    const step = start.map(() => 1)
    parts.push(b.one(p.slice, [part], { start: swap(start, low), stop: swap(stop, high), step }))
  }
  return parts.length === 0 ? null : b.one(p.concat, parts, { axis })
}

function sliceOfPad(x: Tensor, start: readonly number[], shape: Shape, b: Builder): Tensor | null {
  const pad = madeBy(x, p.pad)
  if (!pad) return null
  const { low, high, interior, value } = pad.attrs
  const isPlain = interior.every((gap) => gap === 0) && [...low, ...high].every((n) => n >= 0)
  if (!isPlain) return null
  const [inner] = pad.inputs
  const from = start.map((s, axis) => Math.max(s - low[axis]!, 0))
  const to = start.map((s, axis) => Math.min(s + shape[axis]! - low[axis]!, inner!.shape[axis]!))
  if (from.some((s, axis) => s >= to[axis]!)) return fill(b, value, { shape, dtype: x.dtype })
  const before = start.map((s, axis) => Math.max(low[axis]! - s, 0))
  const after = shape.map((extent, axis) => extent - before[axis]! - (to[axis]! - from[axis]!))
  const part = b.one(p.slice, [inner!], { start: from, stop: to, step: start.map(() => 1) })
  return b.one(p.pad, [part], { low: before, high: after, interior, value })
}

const pad: Rule<Pad> = ([x], attrs, b) => {
  const { low, high, interior, value } = attrs
  const isWhole = x!.shape.every(
    (extent, axis) => low[axis] === 0 && high[axis] === 0 && (interior[axis] === 0 || extent < 2),
  )
  if (isWhole) return x!
  const isSame = Object.is(literalOf(x!), value)
  return isSame ? moved(x!, p.pad.infer([x!], attrs)[0]!.shape, b) : null
}

const concat: Rule<{ readonly axis: number }> = (inputs, { axis }, b) => {
  const parts: Tensor[] = []
  let changed = false
  const take = (part: Tensor) => {
    const below = madeBy(part, p.concat)
    if (below?.attrs.axis === axis) {
      changed = true
      return below.inputs.forEach(take)
    }
    const joined = parts.length > 0 ? adjoin(parts.at(-1)!, part, axis, b) : null
    if (part.shape[axis] === 0 && (parts.length > 0 || inputs.length > 1)) changed = true
    else if (joined) {
      changed = true
      parts[parts.length - 1] = joined
    } else parts.push(part)
  }
  inputs.forEach(take)
  if (parts.length === 0) return inputs[0]!
  if (parts.length === 1) return parts[0]!
  const repeats = stretchedAxes(parts).filter((a) => a !== axis)
  const small = parts.map((part) => madeBy(part, p.broadcast)?.inputs[0])
  if (repeats.length > 0 && small.every((part) => part !== undefined)) {
    const to = (part: Tensor) => part.shape.map((extent, a) => (repeats.includes(a) ? 1 : extent))
    const joined = b.one(
      p.concat,
      small.map((part, i) => b.one(p.broadcast, [part], { shape: to(parts[i]!) })),
      { axis },
    )
    return b.one(p.broadcast, [joined], { shape: p.concat.infer(parts, { axis })[0]!.shape })
  }
  return changed ? b.one(p.concat, parts, { axis }) : null
}

/** Two neighbours in a concatenation as one: slices that continue one another, or equal literals. */
function adjoin(a: Tensor, c: Tensor, axis: number, b: Builder): Tensor | null {
  const value = literalOf(a)
  if (value !== null && Object.is(value, literalOf(c))) {
    const shape = a.shape.map((extent, i) => (i === axis ? extent + c.shape[axis]! : extent))
    return fill(b, value, { shape, dtype: a.dtype })
  }
  const [left, right] = [madeBy(a, p.slice), madeBy(c, p.slice)]
  if (!left || !right || left.inputs[0] !== right.inputs[0]) return null
  const [l, r] = [left.attrs, right.attrs]
  const follows = l.start.every((s, i) =>
    i === axis
      ? r.start[i] === s + a.shape[axis]! && l.step[i] === 1 && r.step[i] === 1
      : r.start[i] === s && r.step[i] === l.step[i],
  )
  if (!follows) return null
  const stop = l.stop.map((s, i) => (i === axis ? r.start[i]! + c.shape[axis]! : s))
  return b.one(p.slice, left.inputs, { ...l, stop })
}

const flip: Rule<{ readonly axes: readonly number[] }> = ([x], { axes }, b) => {
  const long = axes.filter((axis) => x!.shape[axis]! > 1)
  if (long.length === 0 || literalOf(x!) !== null) return x!
  const below = madeBy(x!, p.flip)
  const isUndone =
    below && below.attrs.axes.length === long.length && long.every((a) => below.attrs.axes.includes(a))
  if (isUndone) return below.inputs[0]!
  return long.length < axes.length ? b.one(p.flip, [x!], { axes: long }) : null
}

export const movementRules: readonly [Op, Rule<object>][] = [
  ruleFor(p.reshape, reshape),
  ruleFor(p.transpose, transpose),
  ruleFor(p.broadcast, broadcast),
  ruleFor(p.slice, slice),
  ruleFor(p.pad, pad),
  ruleFor(p.concat, concat),
  ruleFor(p.flip, flip),
]
