import { pca } from '@tapeloop/inspect'

/** Points on a plane. */
interface StatePlane {
  /** x and y of each point, one point after another */
  readonly points: Float32Array
  /** of all there is to see: the fraction of the variance, or of that of the probed quantity */
  readonly explained: number
}

/** States of a network on planes that show something of them. */
export interface StatePlanes {
  /** the plane in which they spread most */
  readonly spread: StatePlane
  /**
   * x is what a linear probe reads of a known quantity (Alain & Bengio 2016), y the direction in which states spread most;
   * null where no quantity is asked for
   */
  readonly probe: StatePlane | null
}

/** Ridge of the probe, as a part of all variance: what hardly varies is no evidence. */
const ridge = 1e-4

/**
 * States on planes.
 *
 * @param states `[points, units]`
 * @param probed a quantity that should be in each state; null where none should be
 * @param before the planes of an earlier step, which these are turned towards: pictures move only where states do
 */
export function planesOf(
  states: ArrayLike<number>,
  units: number,
  probed: readonly (number | null)[],
  before?: StatePlanes,
): StatePlanes {
  const { project, explained } = pca(states, units, units)
  const all = project(states)
  const along = (direction: number) => probed.map((_, point) => all[point * units + direction]!)
  const [first, second] = [along(0), along(1)]
  const probe = read(
    probed,
    Array.from({ length: units }, (_, direction) => along(direction)),
  )
  const sign = before?.probe
    ? Math.sign(
        dot(
          first,
          before.probe.points.filter((_, i) => i % 2 === 1),
        ),
      ) || 1
    : 1
  return {
    spread: {
      points: turnedTowards(before?.spread.points, paired(first, second)),
      explained: explained[0]! + explained[1]!,
    },
    probe: probe && {
      points: paired(
        probe.values,
        first.map((value) => sign * value),
      ),
      explained: probe.explained,
    },
  }
}

/** What a linear probe reads of a quantity, along directions that vary independently, each around 0. */
function read(
  probed: readonly (number | null)[],
  directions: readonly (readonly number[])[],
): { readonly values: readonly number[]; readonly explained: number } | null {
  const asked = probed.flatMap((value, point) => (value === null ? [] : [point]))
  if (asked.length === 0) return null
  const mean = sum(asked.map((point) => probed[point]!)) / asked.length
  const variances = directions.map((values) => sum(values.map((value) => value * value)) / values.length)
  const total = sum(variances)
  const weights = directions.map(
    (values, direction) =>
      sum(asked.map((point) => values[point]! * (probed[point]! - mean))) /
      asked.length /
      (variances[direction]! + ridge * total),
  )
  const values = probed.map((_, point) =>
    directions.reduce((sum, values, direction) => sum + weights[direction]! * values[point]!, mean),
  )
  const squares = (of: (point: number) => number) => sum(asked.map((point) => of(point) ** 2))
  const left = squares((point) => probed[point]! - values[point]!)
  const there = squares((point) => probed[point]! - mean)
  return { values, explained: there > 0 ? Math.max(0, 1 - left / there) : 0 }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const dot = (a: readonly number[], b: ArrayLike<number>): number =>
  a.reduce((total, value, i) => total + value * b[i]!, 0)
const paired = (x: readonly number[], y: readonly number[]): Float32Array =>
  Float32Array.from({ length: 2 * x.length }, (_, i) => (i % 2 === 0 ? x : y)[i >> 1]!)

/**
 * Points on a plane turned, and mirrored where that is better, until they lie as near to points before as they can
 * (orthogonal Procrustes): so that a picture moves only where something has.
 */
export function turnedTowards(
  before: ArrayLike<number> | undefined,
  points: ArrayLike<number>,
): Float32Array {
  if (before === undefined) return Float32Array.from(points)
  let [xx, xy, yx, yy] = [0, 0, 0, 0]
  for (let i = 0; i < points.length; i += 2) {
    xx += points[i]! * before[i]!
    xy += points[i]! * before[i + 1]!
    yx += points[i + 1]! * before[i]!
    yy += points[i + 1]! * before[i + 1]!
  }
  const isMirrored = Math.hypot(xx - yy, xy + yx) > Math.hypot(xx + yy, xy - yx)
  const angle = isMirrored ? Math.atan2(xy + yx, xx - yy) : Math.atan2(xy - yx, xx + yy)
  const [cos, sin, sign] = [Math.cos(angle), Math.sin(angle), isMirrored ? -1 : 1]
  return Float32Array.from(points, (_, i) => {
    const [x, y] = i % 2 === 0 ? [points[i]!, points[i + 1]!] : [points[i - 1]!, points[i]!]
    return i % 2 === 0 ? cos * x - sign * sin * y : sin * x + sign * cos * y
  })
}
