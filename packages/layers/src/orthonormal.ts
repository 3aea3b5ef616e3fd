import { apply, normal, type Op, type Tensor } from '@tapeloop/core'

interface Size {
  readonly count: number
  readonly length: number
}

/**
 * Random orthonormal rows `[count, length]`, float64, for count ≤ length: the first rows of an orthogonal matrix that is
 * uniform among all, as a product of random reflections (Stewart 1980, section 3). Four thirds of a product of such
 * matrices, without its sums. Computed when it is read.
 */
export function orthonormalRows(key: Tensor, { count, length }: Size): Tensor {
  const normals = normal(key, [startOf(count, length)], { dtype: 'float64' })
  return apply(reflected, [normals], { count, length })[0]!
}

/** Where the vector of reflection k begins: each is one shorter than that before. */
const startOf = (k: number, length: number) => k * length - (k * (k - 1)) / 2

const reflected: Op<Size> = {
  name: 'orthonormal',
  formula: String.raw`D H_n \cdots H_1`,
  cost: 'heavy',
  infer: (_inputs, { count, length }) => [{ shape: [count, length], dtype: 'float64' }],
  kernel:
    (_inputs, { count, length }) =>
    ([normals], [result]) => {
      const vectors = Float64Array.from(normals!)
      const signs = Array.from({ length: count }, (_, k) =>
        reflection(vectors.subarray(startOf(k, length), startOf(k + 1, length))),
      )
      // four rows at once, of which the last may be scratch
      const rows = new Float64Array(Math.ceil(count / 4) * 4 * length)
      signs.forEach((sign, row) => (rows[row * length + row] = sign))
      for (let row = 0; row < count; row += 4) {
        // reflections further on leave these rows alone
        for (let k = Math.min(row + 3, count - 1); k >= 0; k--) {
          const size = length - k
          reflectRows(rows, row * length + k, length, vectors, startOf(k, length), size)
        }
      }
      result!.set(rows.subarray(0, count * length))
    },
  derivative: { kind: 'none' },
}

/**
 * Makes of a vector x, in place, the v of the reflection I − v vᵀ that takes x to the first axis; returns the sign by which
 * the diagonal of a triangular matrix becomes positive.
 */
function reflection(x: Float64Array): number {
  const sign = x[0]! < 0 ? -1 : 1
  const squares = (sum: number, value: number) => sum + value * value
  x[0]! += sign * (Math.sqrt(x.reduce(squares, 0)) || 1)
  const scale = Math.sqrt(2 / x.reduce(squares, 0))
  for (let j = 0; j < x.length; j++) x[j]! *= scale
  return -sign
}

/** Reflects four rows that lie `stride` apart, from element `a` of the first on. */
function reflectRows(
  rows: Float64Array,
  a: number,
  stride: number,
  vectors: Float64Array,
  at: number,
  size: number,
): void {
  const [b, c, d] = [a + stride, a + 2 * stride, a + 3 * stride]
  let [p, q, r, s] = [0, 0, 0, 0]
  for (let j = 0; j < size; j++) {
    const v = vectors[at + j]!
    p += rows[a + j]! * v
    q += rows[b + j]! * v
    r += rows[c + j]! * v
    s += rows[d + j]! * v
  }
  for (let j = 0; j < size; j++) {
    const v = vectors[at + j]!
    rows[a + j]! -= p * v
    rows[b + j]! -= q * v
    rows[c + j]! -= r * v
    rows[d + j]! -= s * v
  }
}
