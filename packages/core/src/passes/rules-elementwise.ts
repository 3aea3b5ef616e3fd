import { allocate } from '../dtype.js'
import type { Op } from '../op.js'
import { primitives } from '../ops/index.js'
import { sameShape } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { fill, literalOf, madeBy, ruleFor, type Builder, type Rule } from './build.js'
import { stretchedAxes } from './axes.js'
import { addedPieces } from './pieces.js'

/** Simplifications of elementwise ops. All are exact; x·0 stays, because x may be NaN. */

const p = primitives

/** The operand of a negation, or null. */
const negated = (x: Tensor) => madeBy(x, p.neg)?.inputs[0] ?? null
const is = (x: Tensor, value: number) => literalOf(x) === value

const add: Rule<object> = ([a, b], _attrs, make) => {
  if (is(b!, 0)) return a!
  if (is(a!, 0)) return b!
  const [minusA, minusB] = [negated(a!), negated(b!)]
  if (minusB) return make.one(p.sub, [a!, minusB], {})
  if (minusA) return make.one(p.sub, [b!, minusA], {})
  return addedPieces(a!, b!, make)
}

const sub: Rule<object> = ([a, b], _attrs, make) => {
  if (is(b!, 0)) return a!
  if (is(a!, 0)) return make.one(p.neg, [b!], {})
  const minusB = negated(b!)
  return minusB && make.one(p.add, [a!, minusB], {})
}

const mul: Rule<object> = ([a, b], _attrs, make) => {
  if (is(b!, 1)) return a!
  if (is(a!, 1)) return b!
  if (is(b!, -1)) return make.one(p.neg, [a!], {})
  if (is(a!, -1)) return make.one(p.neg, [b!], {})
  const [minusA, minusB] = [negated(a!), negated(b!)]
  return minusA && minusB && make.one(p.mul, [minusA, minusB], {})
}

const div: Rule<object> = ([a, b], _attrs, make) => {
  if (is(b!, 1)) return a!
  const by = literalOf(b!)
  // the inverse of a power of two is exact
  const isPower = by !== null && Number.isFinite(by) && by !== 0 && Number.isInteger(Math.log2(Math.abs(by)))
  return isPower && Math.abs(Math.log2(Math.abs(by))) < 64
    ? make.one(p.mul, [a!, fill(make, 1 / by, b!)], {})
    : null
}

const select: Rule<object> = ([condition, a, b], _attrs, make) => {
  if (a === b) return a!
  const known = literalOf(condition!)
  if (known !== null) return known ? a! : b!
  const opposite = madeBy(condition!, p.not)?.inputs[0]
  return opposite ? make.one(p.select, [opposite, b!, a!], {}) : null
}

/** An op that undoes itself. */
const twice =
  (op: Op): Rule<object> =>
  ([x]) =>
    madeBy(x!, op)?.inputs[0] ?? null

/** An op that gives an operand back when both are the same. */
const idempotent: Rule<object> = ([a, b]) => (a === b ? a! : null)

const own: readonly [Op, Rule<object>][] = [
  ruleFor(p.add, add),
  ruleFor(p.sub, sub),
  ruleFor(p.mul, mul),
  ruleFor(p.div, div),
  ruleFor(p.pow, ([a, b]) => (is(b!, 1) ? a! : null)),
  ruleFor(p.neg, twice(p.neg)),
  ruleFor(p.not, twice(p.not)),
  ruleFor(p.and, idempotent),
  ruleFor(p.or, idempotent),
  ruleFor(p.maximum, idempotent),
  ruleFor(p.minimum, idempotent),
  ruleFor(p.select, select),
  ruleFor(p.cast, ([x], { dtype }) => (x!.dtype === dtype ? x! : null)),
]

/** The op on numbers that are all literals. */
function fold(op: Op, inputs: readonly Tensor[], attrs: object, b: Builder): Tensor | null {
  const values = inputs.map(literalOf)
  if (values.includes(null)) return null
  const specs = inputs.map(({ dtype }) => ({ shape: [], dtype }))
  const results = op.infer(specs, attrs).map(({ dtype }) => ({ shape: [], dtype }))
  const outputs = results.map(({ dtype }) => allocate(dtype, 1))
  op.kernel(
    specs,
    attrs,
    results,
  )(
    specs.map(({ dtype }, i) => allocate(dtype, 1).fill(values[i]!)),
    outputs,
  )
  return fill(b, outputs[0]![0]!, { shape: inputs[0]!.shape, dtype: results[0]!.dtype })
}

/** The op on what its inputs repeat, repeated. */
function shrink(op: Op, inputs: readonly Tensor[], attrs: object, b: Builder): Tensor | null {
  const shape = inputs[0]!.shape
  const axes = stretchedAxes(inputs)
  if (axes.length === 0) return null
  const small = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
  const parts = inputs.map((x) => {
    const value = literalOf(x)
    if (value !== null) return fill(b, value, { shape: small, dtype: x.dtype })
    return b.one(p.broadcast, [madeBy(x, p.broadcast)!.inputs[0]!], { shape: small })
  })
  return b.one(p.broadcast, [b.one(op, parts, attrs)], { shape: [...shape] })
}

/** The op on what was reshaped, reshaped. */
function unshape(op: Op, inputs: readonly Tensor[], attrs: object, b: Builder): Tensor | null {
  const sources = inputs.map((x) => (literalOf(x) === null ? madeBy(x, p.reshape)?.inputs[0] : null))
  const source = sources.find((x) => x !== null)
  const isAlike = source && sources.every((x) => x === null || (x && sameShape(x.shape, source.shape)))
  if (!isAlike) return null
  const parts = sources.map(
    (x, i) => x ?? fill(b, literalOf(inputs[i]!)!, { shape: source.shape, dtype: inputs[i]!.dtype }),
  )
  return b.one(p.reshape, [b.one(op, parts, attrs)], { shape: inputs[0]!.shape })
}

const ownRules = new Map(own)

/** For every elementwise op: fold literals, compute no element twice, then what is its own. */
export const elementwiseRules: readonly [Op, Rule<object>][] = Object.values(p as Record<string, Op>)
  .filter(({ elementwise }) => elementwise)
  .map((op) => [
    op,
    (inputs, attrs, b) =>
      fold(op, inputs, attrs, b) ??
      ownRules.get(op)?.(inputs, attrs, b) ??
      shrink(op, inputs, attrs, b) ??
      unshape(op, inputs, attrs, b),
  ])
