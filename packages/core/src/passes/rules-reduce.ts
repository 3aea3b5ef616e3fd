import { allocate } from '../dtype.js'
import type { Op } from '../op.js'
import { primitives } from '../ops/index.js'
import type { Layout } from '../ops/matmul.js'
import { sizeOf } from '../shape.js'
import type { Tensor } from '../tensor.js'
import { fill, literalOf, madeBy, ruleFor, type Rule } from './build.js'

/** Simplifications of products and reductions. All are exact: no sum changes its order. */

const p = primitives

/** A literal with at most this many elements is reduced when the program is compiled. */
const foldedElements = 4096

const reduce =
  (op: Op<{ readonly axes: readonly number[] }>): Rule<{ readonly axes: readonly number[] }> =>
  ([x], { axes }, b) => {
    const { shape, dtype } = x!
    const long = axes.filter((axis) => shape[axis] !== 1)
    const kept = shape.filter((_, axis) => !axes.includes(axis))
    if (long.length === 0) return b.one(p.reshape, [x!], { shape: kept })
    const value = literalOf(x!)
    const count = sizeOf(axes.map((axis) => shape[axis]!))
    if (value !== null && count > 0 && count <= foldedElements) {
      const row = { shape: [count], dtype }
      const result = allocate(dtype, 1)
      op.kernel([row], { axes: [0] }, [{ shape: [], dtype }])([allocate(dtype, count).fill(value)], [result])
      return fill(b, result[0]!, { shape: kept, dtype })
    }
    if (long.length === axes.length) return null
    const squeezed = shape.filter((extent, axis) => extent !== 1 || !axes.includes(axis))
    const renamed = long.map((axis) => axis - axes.filter((a) => a < axis && shape[a] === 1).length)
    return b.one(op, [b.one(p.reshape, [x!], { shape: squeezed })], { axes: renamed })
  }

/** A matrix read transposed costs nothing; a transposed copy does. */
function untransposed(x: Tensor): Tensor | null {
  const node = madeBy(x, p.transpose)
  if (!node) return null
  const { permutation } = node.attrs
  const rank = permutation.length
  const swapsMatrix = permutation.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i))
  return swapsMatrix ? node.inputs[0]! : null
}

const matmul: Rule<Layout> = ([a, b], { transposeA, transposeB }, make) => {
  const [plainA, plainB] = [untransposed(a!), untransposed(b!)]
  if (plainA || plainB) {
    return make.one(p.matmul, [plainA ?? a!, plainB ?? b!], {
      transposeA: transposeA !== (plainA !== null),
      transposeB: transposeB !== (plainB !== null),
    })
  }
  const { shape } = a!
  if (shape.length === 2 || shape.slice(0, -2).some((extent) => extent !== 1)) return null
  // a batch of one product
  const matrix = (x: Tensor) => make.one(p.reshape, [x], { shape: x.shape.slice(-2) })
  const y = make.one(p.matmul, [matrix(a!), matrix(b!)], { transposeA, transposeB })
  return make.one(p.reshape, [y], { shape: [...shape.slice(0, -2), ...y.shape] })
}

export const reduceRules: readonly [Op, Rule<object>][] = [
  ruleFor(p.sum, reduce(p.sum)),
  ruleFor(p.max, reduce(p.max)),
  ruleFor(p.matmul, matmul),
]
