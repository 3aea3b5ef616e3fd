import * as core from '@tapeloop/core'
import { apply, isFloat, primitives, type Tensor } from '@tapeloop/core'
import { commonShape, fitsInto, largest, type Environment } from './environment.js'

/** The choices of one step; each is any whole number. */
export type Choices = readonly number[]

/** Makes one value from the environment; nothing where nothing fits. */
type Step = (env: Environment, choices: Choices) => Tensor | null

/** Smooth everywhere and bounded, or growing slowly. */
const smoothUnary: readonly ((x: Tensor) => Tensor)[] = [
  core.tanh,
  core.sigmoid,
  core.neg,
  core.sin,
  core.cos,
  core.erf,
  (x) => x.mul(0.7),
  (x) => core.exp(core.neg(core.abs(core.sub(x.mul(x), -1)))),
  (x) => core.log(x.mul(x).add(1)),
  (x) => core.log1p(x.mul(x)),
  (x) => core.sqrt(x.mul(x).add(0.5)),
  (x) => x.mul(x).add(0.5).pow(0.3),
  (x) => core.expm1(core.tanh(x)),
]

const kinkedUnary: readonly ((x: Tensor) => Tensor)[] = [
  core.abs,
  core.floor,
  core.sign,
  (x) => core.maximum(x, 0),
  (x) => core.remainder(x, 1.3),
  core.stopGradient,
]

const smoothBinary: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
  core.add,
  core.sub,
  (a, b) => a.mul(b).mul(0.5),
  (a, b) => a.mul(core.sigmoid(b)),
  (a, b) => a.div(b.mul(b).add(1)),
  (a, b) => core.atan2(a, b.mul(b).add(0.5)),
]

const kinkedBinary: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [core.maximum, core.minimum]

const unary =
  (table: readonly ((x: Tensor) => Tensor)[]): Step =>
  (env, [which = 0, choice = 0]) => {
    const x = env.float(choice)
    return x && table[which % table.length]!(x)
  }

const binary =
  (table: readonly ((a: Tensor, b: Tensor) => Tensor)[]): Step =>
  (env, [which = 0, left = 0, right = 0]) => {
    const a = env.float(left)
    const b = a && env.float(right, ({ shape }) => sizeOf(commonShape(a.shape, shape)) <= largest)
    return a && b && table[which % table.length]!(a, b)
  }

const reduce: Step = (env, [which = 0, choice = 0, axis = 0]) => {
  const x = env.float(choice, ({ rank }) => rank > 0)
  if (!x) return null
  const how = { keepDims: which % 2 === 1 }
  return which % 3 === 0 ? core.sum(x, axis % x.rank, how) : core.mean(x, axis % x.rank, how)
}

const product: Step = (env, [which = 0, left = 0, right = 0]) => {
  const a = env.float(left, ({ rank }) => rank > 0)
  if (!a) return null
  const k = a.shape.at(-1)!
  const isTurned = which % 2 === 1
  const b = env.float(right, ({ rank, shape }) => rank === 2 && shape[isTurned ? 1 : 0] === k)
  if (!b) return a.rank < 2 ? null : a.matmul(core.moveAxis(a, a.rank - 1, a.rank - 2)).mul(1 / k)
  return a.matmul(isTurned ? b.transpose() : b).mul(1 / Math.sqrt(k))
}

/** [a b]·W, and gates that are slices of a product: what compilers of recurrent nets cut and join. */
const packed: Step = (env, [which = 0, left = 0, right = 0, choice = 0]) => {
  const a = env.float(left, ({ rank }) => rank > 0)
  const b = a && env.float(right, ({ shape }) => shape.join() === a.shape.join())
  if (!a || !b) return null
  const size = a.shape.at(-1)!
  const kernel = env.float(choice, ({ rank, shape }) => rank === 2 && shape[0] === 2 * size)
  const joined = core.concat([a, b], -1)
  const y = kernel ? joined.matmul(kernel).mul(1 / size) : joined
  const half = Math.floor(y.shape.at(-1)! / 2)
  if (half === 0 || which % 2 === 0) return y
  const part = (from: number) => core.sliceAxis(y, -1, from, from + half)
  return core.sigmoid(part(0)).mul(core.tanh(part(half)))
}

const movement: Step = (env, [which = 0, choice = 0, axis = 0, more = 0]) => {
  const x = env.float(choice, ({ rank }) => rank > 0)
  if (!x) return null
  const at = axis % x.rank
  const extent = x.shape[at]!
  const each = (value: number) => x.shape.map((_, a) => (a === at ? value : 0))
  switch (which % 7) {
    case 0:
      return core.sliceAxis(x, at, more % extent, extent)
    case 1:
      return core.flip(x, at)
    case 2:
      return core.moveAxis(x, at, more % x.rank)
    case 3:
      return core.reshape(x, [...x.shape.slice(0, at), -1])
    case 4:
      return apply(primitives.pad, [x], {
        low: each(more % 2),
        high: each(more % 3),
        interior: each(more % 2),
        value: 0,
      })[0]!
    case 5:
      return apply(primitives.slice, [x], {
        start: each(0),
        stop: x.shape,
        step: each(1).map((s) => s + 1),
      })[0]!
    default:
      return core.cumsum(x, at, { reverse: more % 2 === 1 }).mul(1 / extent)
  }
}

const join: Step = (env, [axis = 0, left = 0, right = 0]) => {
  const a = env.float(left, ({ rank }) => rank > 0)
  if (!a) return null
  const at = axis % a.rank
  const b = env.float(
    right,
    ({ rank, shape }) => rank === a.rank && shape.every((n, i) => i === at || n === a.shape[i]),
  )
  return core.concat([a, b!], at)
}

/** Integers, and what they choose. Indices are brought into range by the remainder. */
const indexing: Step = (env, [which = 0, choice = 0, other = 0]) => {
  const x = env.float(choice, ({ rank }) => rank > 0)
  const index = env.int(other, ({ rank, shape }) => rank < 2 && shape[0] !== 0)
  if (!x || !index) return null
  const within = core.remainder(index, x.shape[0]!)
  switch (which % 5) {
    case 0:
      return core.take(x, within)
    case 1:
      return core.scatterAdd(core.remainder(core.iota(x.shape[0]!).mul(which), 2), x, 2)
    case 2: {
      const last = x.shape.at(-1)!
      const choices = core.remainder(core.iota(2).add(which), last)
      return core.pick(x, core.broadcastTo(choices, [...x.shape.slice(0, -1), 2]))
    }
    case 3: {
      const hot = core.equal(core.reshape(within, [...index.shape, 1]), core.iota(x.shape[0]!))
      return hot.cast(x.dtype)
    }
    default:
      return index.add(core.iota(3).sum()).mul(which % 5)
  }
}

const masked: Step = (env, [which = 0, left = 0, right = 0, choice = 0]) => {
  const a = env.float(left)
  const b = a && env.float(right, fitsInto(a.shape))
  const mask =
    a && (env.bool(choice, fitsInto(a.shape)) ?? env.int(choice, fitsInto(a.shape))?.less(which % 4))
  return a && b && mask ? core.where(mask, a, which % 2 === 0 ? b : 0) : null
}

const condition: Step = (env, [which = 0, left = 0, right = 0]) => {
  const index = env.int(left)
  const mask = env.bool(right)
  if (which % 2 === 0 && index) return index.lessEqual(which % 3)
  return mask && (which % 4 === 1 ? core.not(mask) : core.or(mask, core.and(mask, core.not(mask))))
}

/** Depends on comparisons of floats, so the derivative jumps. */
const kinked: Step = (env, choices) => {
  const [which = 0, choice = 0, axis = 0] = choices
  const x = env.float(choice, ({ rank }) => rank > 0)
  switch (which % 5) {
    case 0:
      return unary(kinkedUnary)(env, choices.slice(1))
    case 1:
      return binary(kinkedBinary)(env, choices.slice(1))
    case 2:
      return x && core.max(x, axis % x.rank)
    case 3:
      return x && core.argmax(x, axis % x.rank)
    default:
      return x && x.less(0.1)
  }
}

/** Random bits of a key that is the same at every step, or changes with an integer. */
const noise: Step = (env, [which = 0, choice = 0, other = 0]) => {
  const x = env.float(choice)
  const step = env.int(other, ({ rank }) => rank === 0)
  if (!x || !isFloat(x.dtype)) return null
  const key = core.foldIn(core.randomKey(which), step ?? which)
  return core.where(core.bernoulli(key, 0.7, x.shape), x, 0)
}

/** Steps are drawn in proportion to how often they stand here. */
export const smoothSteps: readonly Step[] = [
  unary(smoothUnary),
  unary(smoothUnary),
  binary(smoothBinary),
  binary(smoothBinary),
  binary(smoothBinary),
  product,
  product,
  packed,
  reduce,
  movement,
  movement,
  join,
  indexing,
  indexing,
  masked,
  condition,
  noise,
]

export const allSteps: readonly Step[] = [...smoothSteps, kinked, kinked]

function sizeOf(shape: readonly number[] | null): number {
  return shape === null ? Infinity : shape.reduce((size, extent) => size * extent, 1)
}
