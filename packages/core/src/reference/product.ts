import type { TypedArray } from '../dtype.js'

/**
 * y[m, n] = a[m, k] · b[k, n] from the given offsets, either matrix read transposed: 4 × 4 results at a time, each
 * summed in float64 in the order of k, whatever its place in the matrix.
 */
export function product(
  m: number,
  k: number,
  n: number,
  a: TypedArray,
  aFrom: number,
  transposeA: boolean,
  b: TypedArray,
  bFrom: number,
  transposeB: boolean,
  y: TypedArray,
  yFrom: number,
): void {
  const [aRow, aStep] = transposeA ? [1, m] : [k, 1]
  const [bColumn, bStep] = transposeB ? [k, 1] : [1, n]
  for (let i = 0; i < m; i += 4) {
    const rows = Math.min(4, m - i)
    const a0 = aFrom + i * aRow
    const a1 = rows > 1 ? a0 + aRow : a0
    const a2 = rows > 2 ? a1 + aRow : a0
    const a3 = rows > 3 ? a2 + aRow : a0
    for (let j = 0; j < n; j += 4) {
      const columns = Math.min(4, n - j)
      const b0 = bFrom + j * bColumn
      const b1 = columns > 1 ? b0 + bColumn : b0
      const b2 = columns > 2 ? b1 + bColumn : b0
      const b3 = columns > 3 ? b2 + bColumn : b0
      let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0]
      let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0]
      for (let p = 0, at = 0, bt = 0; p < k; p++, at += aStep, bt += bStep) {
        const x0 = a[a0 + at]!
        const x1 = a[a1 + at]!
        const x2 = a[a2 + at]!
        const x3 = a[a3 + at]!
        const y0 = b[b0 + bt]!
        const y1 = b[b1 + bt]!
        const y2 = b[b2 + bt]!
        const y3 = b[b3 + bt]!
        s00 += x0 * y0
        s01 += x0 * y1
        s02 += x0 * y2
        s03 += x0 * y3
        s10 += x1 * y0
        s11 += x1 * y1
        s12 += x1 * y2
        s13 += x1 * y3
        s20 += x2 * y0
        s21 += x2 * y1
        s22 += x2 * y2
        s23 += x2 * y3
        s30 += x3 * y0
        s31 += x3 * y1
        s32 += x3 * y2
        s33 += x3 * y3
      }
      const to = yFrom + i * n + j
      store(y, to, columns, s00, s01, s02, s03)
      if (rows > 1) store(y, to + n, columns, s10, s11, s12, s13)
      if (rows > 2) store(y, to + 2 * n, columns, s20, s21, s22, s23)
      if (rows > 3) store(y, to + 3 * n, columns, s30, s31, s32, s33)
    }
  }
}

function store(
  y: TypedArray,
  to: number,
  columns: number,
  s0: number,
  s1: number,
  s2: number,
  s3: number,
): void {
  y[to] = s0
  if (columns > 1) y[to + 1] = s1
  if (columns > 2) y[to + 2] = s2
  if (columns > 3) y[to + 3] = s3
}
