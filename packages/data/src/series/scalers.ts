import { TapeloopError } from '@tapeloop/core'
import { checkWhole, isRecord, show } from '../check.js'

/** How numbers are normalised: to mean 0 and deviation 1, to the range 0 to 1, or to median 0 and quartiles 1 apart. */
export type ScalerType = (typeof scalerTypes)[number]

/** The scalers there are. */
export const scalerTypes = ['standard', 'min-max', 'robust'] as const

/** A fitted normalisation of the columns of a table: plain JSON, saved beside the model that needs it. */
export interface Scaler {
  readonly type: ScalerType
  /** What is subtracted from each column: [features]. */
  readonly offset: readonly number[]
  /** By what it is divided then: [features]; 1 for a column that never changes. */
  readonly scale: readonly number[]
}

/**
 * Fits a normalisation on training data, and on that alone: data it did not see must not have shaped it. `standard` gives every
 * column the mean 0 and the standard deviation 1 (of the population), `min-max` the range 0 to 1, `robust` the median 0 and
 * the quartiles 1 apart, whatever a few wild numbers are. A column that never changes becomes 0.
 *
 * @param data numbers [rows, features], row-major, all finite.
 * @throws when there is no row, the data does not divide into rows, or a number is not finite.
 */
export function fitScaler(type: ScalerType, data: Float32Array | Float64Array, features: number): Scaler {
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

/**
 * Reads a saved scaler back.
 *
 * @throws one sentence when it is no scaler.
 */
export function parseScaler(value: unknown): Scaler {
  const { type, offset, scale } = isRecord(value) ? value : {}
  const known = scalerTypes.find((name) => name === type)
  if (known !== undefined && areFinite(offset) && areFinite(scale) && offset.length === scale.length) {
    if (!scale.includes(0)) return { type: known, offset, scale }
  }
  throw new TapeloopError(
    `A scaler must have a type (${scalerTypes.join(', ')}) and as many offsets as scales, none of them 0, but it is ` +
      `${show(value)}.`,
  )
}

function areFinite(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)
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

function fitColumn(type: ScalerType, values: Float64Array): [offset: number, scale: number] {
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  // asked before any mean is taken: rounding would give a column of equal numbers a tiny deviation
  if (low === high) return [low, 1]
  if (type === 'min-max') return [low, high - low]
  if (type === 'robust') {
    const sorted = values.toSorted()
    const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25)
    // where more than half of the numbers are equal, or nearly, the quartiles are, and say nothing of the scale
    return [quantile(sorted, 0.5), spread > 1e-9 * (high - low) ? spread : high - low]
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  // the squares of the smallest numbers vanish
  return [mean, Math.sqrt(variance) || 1]
}

/** The quantile of sorted numbers, between two of them by a straight line (type 7 of Hyndman and Fan 1996). */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!]
  return low + (high - low) * (place - below)
}

function checkTable(where: string, data: Float32Array | Float64Array, features: number): void {
  checkWhole(where, 'features', features, 1)
  if (data.length === 0 || data.length % features !== 0) {
    throw new TapeloopError(
      `${where}: the data must have rows of ${features} features, but it has ${data.length} numbers.`,
    )
  }
}
