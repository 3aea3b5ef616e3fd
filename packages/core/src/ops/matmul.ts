import { isFloat } from '../dtype.js'
import { refuse } from '../errors.js'
import type { Op, Spec } from '../op.js'
import { product } from '../reference/product.js'
import { broadcastShapes, sameShape, showShape, sizeOf } from '../shape.js'
import { apply1, type Tensor } from '../tensor.js'
import { sameAxis } from './along.js'
import { add } from './arithmetic.js'
import { broadcastTo, permute, reshape } from './movement.js'
import { sum } from './reduce.js'

export interface Layout {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** Matrix products over equal leading axes; either matrix may be read transposed. */
export const matmulOp: Op<Layout> = {
  name: 'matmul',
  formula: 'Y = A B',
  cost: 'heavy',
  along([left, right], [a], { transposeA, transposeB }) {
    const [rows, columns] = [a!.shape.length - 2, a!.shape.length - 1]
    if (left === null && right === null) return null
    const lead = sameAxis([left!, right!])
    if (lead !== false && lead! < rows) return lead
    if (right === null) return left === (transposeA ? columns : rows) && rows
    return left === null && right === (transposeB ? rows : columns) && columns
  },
  linear: () => [[0], [1]],
  infer([a, b], { transposeA, transposeB }) {
    const lead = a!.shape.slice(0, -2)
    if (!sameShape(lead, b!.shape.slice(0, -2))) {
      refuse(
        'matmul',
        `leading axes of ${showShape(a!.shape)} and ${showShape(b!.shape)} differ; broadcast them first`,
      )
    }
    const [m, k] = matrix(a!, transposeA)
    const [k2, n] = matrix(b!, transposeB)
    if (k !== k2) refuse('matmul', mismatch(a!, b!, k, k2))
    return [{ shape: [...lead, m, n], dtype: a!.dtype }]
  },
  kernel([a, b], { transposeA, transposeB }, [y]) {
    const [m, k] = matrix(a!, transposeA)
    const [, n] = matrix(b!, transposeB)
    const count = sizeOf(y!.shape.slice(0, -2))
    return ([a, b], [y]) => {
      for (let i = 0; i < count; i++) {
        product(m, k, n, a!, i * m * k, transposeA, b!, i * k * n, transposeB, y!, i * m * n)
      }
    }
  },
  derivative: {
    kind: 'rules',
    jvp([ta, tb], [a, b], _y, layout) {
      const left = ta && apply1(matmulOp, [ta, b!], layout)
      const right = tb && apply1(matmulOp, [a!, tb], layout)
      return left && right ? add(left, right) : (left ?? right)!
    },
    vjp(g, i, [a, b], _y, { transposeA, transposeB }) {
      if (i === 0) return transposeA ? multiply(b!, g, transposeB, true) : multiply(g, b!, false, !transposeB)
      return transposeB ? multiply(g, a!, true, transposeA) : multiply(a!, g, !transposeA, false)
    },
  },
  batch([a, b], [aBatched, bBatched], layout, size) {
    // rows of a batch are rows of one taller matrix
    const turned = (x: Tensor) => permute(x, [0, 2, 1])
    const tall = (x: Tensor) => reshape(x, [size * x.shape[1]!, x.shape[2]!])
    if (!bBatched && b!.rank === 2) {
      const y = multiply(tall(layout.transposeA ? turned(a!) : a!), b!, false, layout.transposeB)
      return [reshape(y, [size, y.shape[0]! / size, y.shape[1]!])]
    }
    if (!aBatched && a!.rank === 2) {
      const y = multiply(tall(layout.transposeB ? b! : turned(b!)), a!, false, !layout.transposeA)
      return [turned(reshape(y, [size, y.shape[0]! / size, y.shape[1]!]))]
    }
    const spread = (x: Tensor, batched: boolean) => (batched ? x : broadcastTo(x, [size, ...x.shape]))
    return [apply1(matmulOp, [spread(a!, aBatched!), spread(b!, bBatched!)], layout)]
  },
  batchSum([a, b], [aBatched, bBatched], layout) {
    if (!aBatched || !bBatched) {
      const operands = [aBatched ? sum(a!, 0) : a!, bBatched ? sum(b!, 0) : b!]
      return apply1(matmulOp, operands, layout)
    }
    const left = rowsUnderOneAnother(a!, layout.transposeA)
    const right = rowsUnderOneAnother(b!, !layout.transposeB)
    return multiply(left, right, true, false)
  },
}

/**
 * Matrix product with NumPy's rules: `[…, m, k] · […, k, n]` broadcasts over leading axes; a vector on the left is a
 * row, on the right a column, and its axis is dropped from the result.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkOperands(a, b)
  if (a.rank === 1) {
    const y = matmul(reshape(a, [1, a.shape[0]!]), b)
    return reshape(y, b.rank === 1 ? [] : [...y.shape.slice(0, -2), ...y.shape.slice(-1)])
  }
  if (b.rank === 1) {
    const y = matmul(a, reshape(b, [b.shape[0]!, 1]))
    return reshape(y, y.shape.slice(0, -1))
  }
  const [k, k2] = [a.shape.at(-1)!, b.shape.at(-2)!]
  if (k !== k2) refuse('matmul', mismatch(a, b, k, k2))
  if (b.rank === 2) {
    // [B, T, D] · [D, N] is one product of B·T rows
    const y = apply1(matmulOp, [reshape(a, [rowsOf(a), k]), b], plain)
    return reshape(y, [...a.shape.slice(0, -1), y.shape[1]!])
  }
  const lead = broadcastShapes('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2))
  const spread = (x: Tensor) => broadcastTo(x, [...lead, ...x.shape.slice(-2)])
  return apply1(matmulOp, [spread(a), spread(b)], plain)
}

const plain: Layout = { transposeA: false, transposeB: false }

function multiply(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return apply1(matmulOp, [a, b], { transposeA, transposeB })
}

function rowsOf(a: Tensor): number {
  return sizeOf(a.shape.slice(0, -1))
}

/** Matrices `[size, …, k, n]` (or `[…, n, k]`) as `[…, size · k, n]`. */
function rowsUnderOneAnother(x: Tensor, hasRowsFirst: boolean): Tensor {
  const lead = Array.from({ length: x.rank - 3 }, (_, axis) => axis + 1)
  const [k, n] = hasRowsFirst ? [x.rank - 2, x.rank - 1] : [x.rank - 1, x.rank - 2]
  const y = permute(x, [...lead, 0, k, n])
  return reshape(y, [...y.shape.slice(0, -3), x.shape[0]! * x.shape[k]!, x.shape[n]!])
}

/** Rows and columns of the matrix as the product reads it. */
function matrix({ shape }: Spec, transposed: boolean): readonly [number, number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!]
  return transposed ? [columns, rows] : [rows, columns]
}

function checkOperands(a: Tensor, b: Tensor): void {
  if (a.rank === 0 || b.rank === 0) refuse('matmul', 'an operand is a scalar; multiply scalars with mul')
  if (a.dtype !== b.dtype) {
    refuse(
      'matmul',
      `the left operand is ${a.dtype}, the right one ${b.dtype}; dtypes never mix silently, so cast(…) one`,
    )
  }
  if (!isFloat(a.dtype))
    refuse('matmul', `the operands are ${a.dtype}; cast them to float32 or float64 first`)
}

function mismatch(a: Spec, b: Spec, k: number, k2: number): string {
  return (
    `inner sizes differ: ${showShape(a.shape)} has ${k} columns and ${showShape(b.shape)} has ${k2} rows; ` +
    'they must be equal, so check the order of the operands or transpose one'
  )
}
