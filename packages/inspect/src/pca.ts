import { refuse } from '@tapeloop/core'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { rowsOf } from './saturation.js'

/** The directions in which points spread most. */
export interface Projection {
  /** `[units]` */
  readonly mean: Float64Array
  /** unit vectors `[units]`, the one of most variance first; the largest of each one's numbers is positive */
  readonly directions: readonly Float64Array[]
  /** the fraction of all variance along each direction */
  readonly explained: readonly number[]
  /** The coordinates of points `[rows, units]` along the directions: `[rows, directions]`, row by row. */
  project(points: ArrayLike<number>): Float64Array
}

/**
 * Principal components of points, such as the states of a network at many times.
 *
 * @param points `[rows, units]`, row by row
 * @param units how many numbers a point has
 * @param components how many directions to keep; 2 unless said
 * @throws where fewer than 2 points are given, or more directions are asked for than there are units
 */
export function pca(points: ArrayLike<number>, units: number, components = 2): Projection {
  const rows = rowsOf('pca', points, units)
  if (rows < 2) refuse('pca', 'there is 1 point; give at least 2')
  if (!Number.isInteger(components) || components < 1 || components > units) {
    refuse('pca', `components is ${components}; it must be a whole number from 1 to ${units}`)
  }
  const mean = new Float64Array(units)
  for (let i = 0; i < points.length; i++) mean[i % units]! += points[i]! / rows
  const centred = Matrix.zeros(rows, units)
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) centred.set(row, unit, points[row * units + unit]! - mean[unit]!)
  }
  const covariance = centred
    .transpose()
    .mmul(centred)
    .div(rows - 1)
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  })
  const order = realEigenvalues.map((_, i) => i).toSorted((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0)
  const kept = order.slice(0, components)
  const directions = kept.map((i) => signed(Float64Array.from(eigenvectorMatrix.getColumn(i))))
  return {
    mean,
    directions,
    explained: kept.map((i) => (total > 0 ? Math.max(0, realEigenvalues[i]!) / total : 0)),
    project(others) {
      const count = rowsOf('pca', others, units)
      return Float64Array.from({ length: count * components }, (_, place) => {
        const [row, direction] = [Math.floor(place / components), directions[place % components]!]
        return direction.reduce(
          (sum, value, unit) => sum + value * (others[row * units + unit]! - mean[unit]!),
          0,
        )
      })
    },
  }
}

/** A direction is one up to its sign; this makes it one. */
function signed(direction: Float64Array): Float64Array {
  const largest = direction.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
  return largest < 0 ? direction.map((value) => -value) : direction
}
