import type { DType } from '../dtype.js'
import { refuse } from '../errors.js'
import { add, equal, lessEqual, mul } from '../ops/arithmetic.js'
import { iota } from '../ops/literal.js'
import { padOp, permute, reshape, sliceOp } from '../ops/movement.js'
import { cast } from '../ops/select.js'
import { resolveAxis, showShape } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { checkCount, checkTensor } from './check.js'
import { where } from './elementwise.js'
import { expandDims } from './shape.js'

/** Functions of matrices: the last two axes, unless said. Diagonal k runs from column k, or for negative k from row −k. */

/** The elements on and below diagonal k; zeros above it. */
export function tril(x: Tensor, k = 0): Tensor {
  checkMatrix('tril', x, k)
  const [rows, columns] = places(x)
  return where(lessEqual(columns, add(rows, k)), x, 0)
}

/** The elements on and above diagonal k; zeros below it. */
export function triu(x: Tensor, k = 0): Tensor {
  checkMatrix('triu', x, k)
  const [rows, columns] = places(x)
  return where(lessEqual(add(rows, k), columns), x, 0)
}

/** The matrix `[rows, columns]` (square unless said) with ones on diagonal k and zeros elsewhere; float32 unless said. */
export function eye(
  rows: number,
  { columns = rows, k = 0, dtype = 'float32' }: { columns?: number; k?: number; dtype?: DType } = {},
): Tensor {
  checkCount('eye', 'the number of rows', rows, 0)
  checkCount('eye', 'the number of columns', columns, 0)
  checkWhole('eye', k)
  return cast(equal(expandDims(add(iota(rows), k), 1), iota(columns)), dtype)
}

/** Diagonal k of the matrices along two axes, as the last axis of the result. */
export function diagonal(
  x: Tensor,
  { k = 0, axes = [-2, -1] }: { k?: number; axes?: readonly [number, number] } = {},
): Tensor {
  checkMatrix('diagonal', x, k)
  const [a, b] = axes.map((axis) => resolveAxis('diagonal', axis, x.rank)) as [number, number]
  if (a === b) refuse('diagonal', `axes ${axes.join(' and ')} are one axis; name two`)
  const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== a && axis !== b)
  const lead = others.map((axis) => x.shape[axis]!)
  const [rows, columns] = [x.shape[a]!, x.shape[b]!]
  const count = Math.max(0, k < 0 ? Math.min(rows + k, columns) : Math.min(rows, columns - k))
  // in row-major order the diagonal is every (columns + 1)-th element
  const flat = reshape(permute(x, [...others, a, b]), [...lead, rows * columns])
  const start = count === 0 ? 0 : k < 0 ? -k * columns : k
  return apply1(sliceOp, [flat], {
    start: [...lead.map(() => 0), start],
    stop: [...lead, count === 0 ? 0 : start + (count - 1) * (columns + 1) + 1],
    step: [...lead.map(() => 1), columns + 1],
  })
}

/** Square matrices `[…, m, m]` with the vectors x `[…, n]` on diagonal k and zeros elsewhere; m = n + |k|. */
export function diag(x: Tensor, k = 0): Tensor {
  checkTensor('diag', x)
  checkWhole('diag', k)
  if (x.rank === 0) refuse('diag', 'the tensor is a scalar; reshape it to [1]')
  const lead = x.shape.slice(0, -1)
  const count = x.shape.at(-1)!
  const size = count + Math.abs(k)
  const start = k < 0 ? -k * size : k
  const span = count === 0 ? 0 : (count - 1) * (size + 1) + 1
  const flat = apply1(padOp, [x], {
    low: [...lead.map(() => 0), count === 0 ? 0 : start],
    high: [...lead.map(() => 0), count === 0 ? size * size : size * size - start - span],
    interior: [...lead.map(() => 0), size],
    value: 0,
  })
  return reshape(flat, [...lead, size, size])
}

/** Every product of an element of a `[m]` and one of b `[n]`: `[m, n]`. */
export function outer(a: Tensor, b: Tensor): Tensor {
  checkTensor('outer', a)
  checkTensor('outer', b)
  if (a.rank !== 1 || b.rank !== 1) {
    refuse(
      'outer',
      `shapes ${showShape(a.shape)} and ${showShape(b.shape)} are not two vectors; flattenAxes(…) them first`,
    )
  }
  return mul(expandDims(a, 1), b)
}

/** The row `[m, 1]` and column `[n]` of each element of a matrix. */
function places(x: Tensor): [Tensor, Tensor] {
  return [expandDims(iota(x.shape.at(-2)!), 1), iota(x.shape.at(-1)!)]
}

function checkMatrix(where: string, x: Tensor, k: number): void {
  checkTensor(where, x)
  checkWhole(where, k)
  if (x.rank < 2) refuse(where, `the tensor has shape ${showShape(x.shape)}; a matrix needs two axes`)
}

function checkWhole(where: string, k: number): void {
  if (!Number.isInteger(k)) refuse(where, `diagonal ${k} does not exist; give a whole number`)
}
