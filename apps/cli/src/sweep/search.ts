import { deriveSeed, mulberry32, type Random } from '@tapeloop/data'
import { gridValues, placeOf, valuesAt, type Dimension, type Values } from './space.js'
import { likelyPlaces } from './tpe.js'

/** A trial that came to a score, of which less is better. */
export interface Scored {
  readonly values: Values
  readonly score: number
}

/** The ways to search: how the values of the next trial are chosen. */
export const searches = ['tpe', 'random', 'grid', 'asha'] as const
export type Search = (typeof searches)[number]

/** The values of one trial. Random trials follow from the seed and their number alone. */
export function suggest(
  search: Search,
  space: readonly Dimension[],
  {
    trial,
    seed,
    history,
  }: { readonly trial: number; readonly seed: number; readonly history: readonly Scored[] },
): Values {
  if (search === 'grid') return gridCell(space, trial)
  const random = mulberry32(deriveSeed(seed, trial))
  if (search !== 'tpe') return valuesAt(space, randomPlaces(space, random))
  const placed = history.map(({ values, score }) => ({
    places: space.map((dimension) => placeOf(dimension, values[dimension.name]!)),
    score,
  }))
  return valuesAt(space, likelyPlaces(space, placed, random) ?? randomPlaces(space, random))
}

/** How many trials a grid has. */
export function gridSize(space: readonly Dimension[]): number {
  return space.reduce((size, dimension) => size * gridValues(dimension).length, 1)
}

/** One cell of the grid; the last dimension changes fastest. */
function gridCell(space: readonly Dimension[], cell: number): Values {
  let rest = cell
  const entries = space.toReversed().map((dimension) => {
    const values = gridValues(dimension)
    const value = values[rest % values.length]!
    rest = Math.floor(rest / values.length)
    return [dimension.name, value] as const
  })
  return Object.fromEntries(entries.toReversed())
}

function randomPlaces(space: readonly Dimension[], random: Random): number[] {
  return space.map(() => random())
}
