import type { Random } from '@tapeloop/data'
import type { Dimension } from './space.js'

/** A trial as places between 0 and 1, one for each dimension. */
export interface Placed {
  readonly places: readonly number[]
  readonly score: number
}

/** Random trials before the first that learns from others. */
const startup = 10

/** Places that are drawn where good trials lie, of which the most promising is taken. */
const candidates = 24

/**
 * The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio & Kégl 2011, section 4): where good trials are dense
 * and others are not, improvement is likely. Each dimension is estimated on its own, as there.
 *
 * @returns a place for each dimension; null while there are too few trials to learn from
 */
export function likelyPlaces(
  space: readonly Dimension[],
  history: readonly Placed[],
  random: Random,
): number[] | null {
  if (history.length < startup) return null
  const ranked = history.toSorted((a, b) => rank(a.score) - rank(b.score))
  const goodOnes = Math.min(Math.ceil(0.1 * ranked.length + 1), 25)
  return space.map((dimension, d) => {
    const placesOf = (trials: readonly Placed[]) => trials.map(({ places }) => places[d]!)
    const density = dimension.kind === 'choice' ? choiceDensity(dimension.choices.length) : rangeDensity
    const good = density(placesOf(ranked.slice(0, goodOnes)))
    const other = density(placesOf(ranked.slice(goodOnes)))
    const drawn = Array.from({ length: candidates }, () => good.draw(random))
    const promise = (place: number) => good.at(place) / other.at(place)
    return drawn.reduce((best, place) => (promise(place) > promise(best) ? place : best))
  })
}

/** A density over 0 to 1. */
interface Density {
  at(place: number): number
  draw(random: Random): number
}

/** Counts, with one more for each choice, so that none is impossible. */
function choiceDensity(choices: number): (places: readonly number[]) => Density {
  const indexOf = (place: number) => Math.min(Math.floor(place * choices), choices - 1)
  return (places) => {
    const weights = Array.from({ length: choices }, () => 1)
    for (const place of places) weights[indexOf(place)]!++
    const total = places.length + choices
    return {
      at: (place) => weights[indexOf(place)]! / total,
      draw: (random) => (pick(weights, random() * total) + 0.5) / choices,
    }
  }
}

/** A mixture of normal densities, one around each trial as wide as the gap to its neighbours, and a broad one. */
function rangeDensity(places: readonly number[]): Density {
  const sorted = [...places].toSorted((a, b) => a - b)
  const narrowest = 1 / Math.min(100, sorted.length + 2)
  const kernels = sorted.map((mean, i) => {
    const [before, after] = [sorted[i - 1] ?? 0, sorted[i + 1] ?? 1]
    return { mean, deviation: Math.min(1, Math.max(narrowest, mean - before, after - mean)) }
  })
  const all = [{ mean: 0.5, deviation: 1 }, ...kernels]
  return {
    at: (place) =>
      all.reduce((sum, { mean, deviation }) => sum + normal((place - mean) / deviation) / deviation, 0) /
      all.length,
    draw(random) {
      const { mean, deviation } = all[Math.floor(random() * all.length)]!
      // a draw outside is made anew; at least a third of each kernel is inside
      for (;;) {
        const place = mean + deviation * gaussian(random)
        if (place >= 0 && place <= 1) return place
      }
    },
  }
}

/** The index whose share of the weights a number falls into. */
function pick(weights: readonly number[], at: number): number {
  let rest = at
  const found = weights.findIndex((weight) => (rest -= weight) < 0)
  return found === -1 ? weights.length - 1 : found
}

function normal(z: number): number {
  return Math.exp((-z * z) / 2)
}

/** A normal number (Box & Muller 1958). */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** What broke off is worse than any score. */
function rank(score: number): number {
  return Number.isNaN(score) ? Infinity : score
}
