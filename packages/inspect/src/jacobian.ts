import {
  broadcastTo,
  concat,
  flatten,
  jvp,
  reshape,
  refuse,
  sliceAxis,
  tensor,
  unflatten,
  type Tensor,
} from '@tapeloop/core'
import { resolveOptions, runStep, type Cell, type OptionSpecs, type OptionValues } from '@tapeloop/layers'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import type { States } from './watched.js'

/**
 * The Jacobian of one step of a cell, ∂s_{t+1}/∂s_t, for every row of a batch: `[batch, n, n]`, where n counts all numbers
 * of a state in the order written, and entry i, j is the derivative of number i in number j. Its products over time are
 * what a gradient is multiplied by (Pascanu, Mikolov & Bengio 2013).
 *
 * One tangent for each number goes through the step as a row of its own, since rows of a batch are independent.
 *
 * @param state a row for each Jacobian, entries `[batch, …]`
 * @param x the input of the step, `[batch, inputSize]`
 */
export function stepJacobian<Options extends OptionSpecs>(
  cell: Cell<Options>,
  params: States,
  state: States,
  x: Tensor,
  given: Partial<OptionValues<Options>> = {},
): Tensor {
  const options = resolveOptions(cell.name, cell.options, given)
  const batchSize = x.shape[0]!
  const { leaves, structure } = flatten(state)
  const sizes = leaves.map(({ size }) => size / batchSize)
  const n = sizes.reduce((sum, size) => sum + size, 0)
  /** each row n times, one after the other */
  const repeat = (leaf: Tensor) =>
    reshape(
      broadcastTo(reshape(leaf, [batchSize, 1, ...leaf.shape.slice(1)]), [
        batchSize,
        n,
        ...leaf.shape.slice(1),
      ]),
      [batchSize * n, ...leaf.shape.slice(1)],
    )
  const identity = tensor(
    Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
    { shape: [n, n], dtype: x.dtype },
  )
  let from = 0
  const tangents = leaves.map((leaf, i) => {
    const columns = sliceAxis(identity, 1, from, (from += sizes[i]!))
    const all = broadcastTo(reshape(columns, [1, n, sizes[i]!]), [batchSize, n, sizes[i]!])
    return reshape(all, [batchSize * n, ...leaf.shape.slice(1)])
  })
  const rows = repeat(x)
  const step = (s: States): States =>
    runStep(cell, params as never, s as never, rows, options).next as unknown as States
  const { tangent: moved } = jvp(
    step,
    [unflatten<States>(structure, leaves.map(repeat))],
    [unflatten<States>(structure, tangents)],
  )
  const columns = flatten(moved).leaves.map((leaf) => reshape(leaf, [batchSize, n, -1]))
  return concat(columns, 2).transpose([0, 2, 1])
}

/** Eigenvalues as points of the complex plane. */
export interface Spectrum {
  readonly real: readonly number[]
  readonly imaginary: readonly number[]
  /** the largest absolute value: above 1 a small change grows, below it dies out */
  readonly radius: number
}

/**
 * The eigenvalues of a square matrix.
 *
 * @param matrix n · n numbers, row by row
 * @throws where the count is no square, or a number is not finite
 */
export function spectrum(matrix: ArrayLike<number>): Spectrum {
  const n = Math.round(Math.sqrt(matrix.length))
  if (n * n !== matrix.length || n === 0) {
    refuse('spectrum', `the matrix has ${matrix.length} numbers; it must have as many rows as columns`)
  }
  const wrong = Array.from(matrix).find((value) => !Number.isFinite(value))
  if (wrong !== undefined) refuse('spectrum', `the matrix holds ${wrong}; all its numbers must be finite`)
  const largest = Array.from(matrix).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (largest === 0) return { real: zerosOf(n), imaginary: zerosOf(n), radius: 0 }
  // the iteration compares neighbours, and never ends where one of them is as good as nothing
  const scaled = Array.from(matrix, (value) => (Math.abs(value) < smallest * largest ? 0 : value / largest))
  const rows = Array.from({ length: n }, (_, i) => scaled.slice(i * n, (i + 1) * n))
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(new Matrix(rows))
  const real = realEigenvalues.map((value) => value * largest)
  const imaginary = imaginaryEigenvalues.map((value) => value * largest)
  return { real, imaginary, radius: Math.max(...real.map((value, i) => Math.hypot(value, imaginary[i]!))) }
}

/** Numbers so much smaller than the largest count as zero. */
const smallest = 1e-12

const zerosOf = (n: number): number[] => new Array<number>(n).fill(0)
