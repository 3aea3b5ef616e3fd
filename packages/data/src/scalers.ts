import { TapeloopError } from '@tapeloop/core'
import { checkWhole } from './check.js'

/** A fitted normalisation of the columns of a table: plain JSON, saved beside the model that needs it. */
export interface Scaler {
  readonly type: 'standard' | 'min-max'
  /** What is subtracted from each column: [features]. */
  readonly offset: readonly number[]
  /** By what it is divided then: [features]; 1 for a column that never changes. */
  readonly scale: readonly number[]
}

/**
 * Fits a normalisation on training data. `standard` gives every column the mean 0 and the standard deviation 1 (of the
 * population), `min-max` the range 0 to 1; a column that never changes becomes 0.
 *
 * @param data numbers [rows, features], row-major, all finite.
 * @throws when there is no row, the data does not divide into rows, or a number is not finite.
 */
export function fitScaler(type: Scaler['type'], data: Float32Array | Float64Array, features: number): Scaler {
  checkTable('fitScaler', data, features)
  const fitted = Array.from({ length: features }, (_, feature) =>
    fitColumn(type, column(data, features, feature)),
  )
  return { type, offset: fitted.map(([offset]) => offset), scale: fitted.map(([, scale]) => scale) }
}

/**
 * Normalises numbers.
 *
 * @param data [rows, features], row-major.
 * @returns Float64Array of the same size.
 */
export function applyScaler({ offset, scale }: Scaler, data: Float32Array | Float64Array): Float64Array {
  const features = offset.length
  checkTable('applyScaler', data, features)
  return Float64Array.from(data, (value, i) => (value - offset[i % features]!) / scale[i % features]!)
}

/** Brings normalised numbers [rows, features] back to the units of the data: the inverse of `applyScaler`. */
export function invertScaler({ offset, scale }: Scaler, data: Float32Array | Float64Array): Float64Array {
  const features = offset.length
  checkTable('invertScaler', data, features)
  return Float64Array.from(data, (value, i) => value * scale[i % features]! + offset[i % features]!)
}

function column(data: Float32Array | Float64Array, features: number, feature: number): Float64Array {
  const values = Float64Array.from(
    { length: data.length / features },
    (_, row) => data[row * features + feature]!,
  )
  const row = values.findIndex((value) => !Number.isFinite(value))
  if (row < 0) return values
  throw new TapeloopError(
    `fitScaler: row ${row} of feature ${feature} is ${values[row]}; fill or drop missing values first.`,
  )
}

function fitColumn(type: Scaler['type'], values: Float64Array): [offset: number, scale: number] {
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  // asked before any mean is taken: rounding would give a column of equal numbers a tiny deviation
  if (low === high) return [low, 1]
  if (type === 'min-max') return [low, high - low]
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  // the squares of the smallest numbers vanish
  return [mean, Math.sqrt(variance) || 1]
}

function checkTable(where: string, data: Float32Array | Float64Array, features: number): void {
  checkWhole(where, 'features', features, 1)
  if (data.length === 0 || data.length % features !== 0) {
    throw new TapeloopError(
      `${where}: the data must have rows of ${features} features, but it has ${data.length} numbers.`,
    )
  }
}
