import { vector, type Vector } from './scalar-cell.js'

export interface Norm {
  readonly gain: Vector
  readonly bias: Vector
}

/** Mean 0 and variance 1 over all entries (biased, 1e-5 added), then gain and bias: Ba, Kiros & Hinton 2016, equation 4. */
export function normalized(a: Vector, { gain, bias }: Norm): Vector {
  let mean = 0
  for (const value of a) mean += value / a.length
  let variance = 0
  for (const value of a) variance += (value - mean) ** 2 / a.length
  return vector(a.length, (k) => ((a[k]! - mean) / Math.sqrt(variance + 1e-5)) * gain[k]! + bias[k]!)
}
