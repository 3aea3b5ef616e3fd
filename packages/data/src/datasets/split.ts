import { TapeloopError } from '@tapeloop/core'
import { deriveSeed, mulberry32, permutation, shuffled } from '../random.js'
import { splitContiguous } from '../splits.js'
import type { Dataset } from './dataset.js'

/** What says which items belong together: a class, a person, a day. */
export type SplitKey = string | number | boolean

/**
 * How items are split: `contiguous` in order, `random`; `group` so that items with the same key are in one part (the same
 * speaker must not be in training and test); `stratified` so that each part has the keys in the same proportions (classes).
 */
export type SplitRule<T> =
  | { readonly by: 'contiguous' }
  | { readonly by: 'random'; readonly seed: number }
  | { readonly by: 'group' | 'stratified'; readonly key: (item: T) => SplitKey; readonly seed: number }

/**
 * Splits a data set into named parts; each item is in one of them, and within a part items keep their order. To split by a key
 * all items are read once.
 *
 * @param fractions the share of each part; they sum to 1.
 * @throws when they do not, when a part with a share would be empty, or the number of items is not known.
 *
 * @example const { train, test } = await splitDataset(reviews, { train: 0.8, test: 0.2 }, { by: 'stratified', key: ({ label }) => label, seed: 1 })
 */
export async function splitDataset<T, Name extends string>(
  dataset: Dataset<T>,
  fractions: Readonly<Record<Name, number>>,
  rule: SplitRule<T>,
): Promise<Record<Name, Dataset<T>>> {
  const positions = await positionsOf(dataset, fractions, rule)
  const parts = Object.entries<Int32Array>(positions).map(([name, part]) => [name, dataset.pick(part)])
  return Object.fromEntries(parts) as Record<Name, Dataset<T>>
}

/**
 * Splits items in memory so that those with the same key are in one part. Groups come in random order, each to the part that
 * lacks most, so shares are met as nearly as the groups allow.
 *
 * @throws as `splitRandom` does.
 */
export function splitByGroup<T, Name extends string>(
  items: readonly T[],
  fractions: Readonly<Record<Name, number>>,
  { key, seed }: { readonly key: (item: T) => SplitKey; readonly seed: number },
): Record<Name, T[]> {
  return partsOf(items, byGroup(items.map(key), fractions, seed))
}

/**
 * Splits items in memory so that every part has the keys in the same proportions, to within one item a key.
 *
 * @throws as `splitRandom` does.
 */
export function splitStratified<T, Name extends string>(
  items: readonly T[],
  fractions: Readonly<Record<Name, number>>,
  { key, seed }: { readonly key: (item: T) => SplitKey; readonly seed: number },
): Record<Name, T[]> {
  return partsOf(items, stratified(items.map(key), fractions, seed))
}

type Positions<Name extends string> = Record<Name, Int32Array>

async function positionsOf<T, Name extends string>(
  dataset: Dataset<T>,
  fractions: Readonly<Record<Name, number>>,
  rule: SplitRule<T>,
): Promise<Positions<Name>> {
  if (rule.by === 'group' || rule.by === 'stratified') {
    const keys: SplitKey[] = []
    for await (const item of dataset) keys.push(rule.key(item))
    return (rule.by === 'group' ? byGroup : stratified)(keys, fractions, rule.seed)
  }
  const { length } = await dataset.counted()
  const order =
    rule.by === 'random'
      ? permutation(length!, mulberry32(rule.seed))
      : Int32Array.from({ length: length! }, (_, i) => i)
  return ascending(splitContiguous(order, fractions))
}

function stratified<Name extends string>(
  keys: readonly SplitKey[],
  fractions: Readonly<Record<Name, number>>,
  seed: number,
): Positions<Name> {
  checkShares(keys, fractions)
  const names = Object.keys(fractions) as Name[]
  const parts = names.map((): number[] => [])
  ;[...positionsByKey(keys).values()].forEach((positions, stratum) => {
    const mixed = shuffled(positions, mulberry32(deriveSeed(seed, stratum)))
    let share = 0
    let start = 0
    names.forEach((name, part) => {
      share += fractions[name]
      const end = Math.min(mixed.length, Math.round(mixed.length * share))
      parts[part]!.push(...mixed.slice(start, end))
      start = end
    })
  })
  return filled(names, parts, fractions, keys.length)
}

function byGroup<Name extends string>(
  keys: readonly SplitKey[],
  fractions: Readonly<Record<Name, number>>,
  seed: number,
): Positions<Name> {
  checkShares(keys, fractions)
  const names = Object.keys(fractions) as Name[]
  const parts = names.map((): number[] => [])
  const lack = (part: number) => fractions[names[part]!] * keys.length - parts[part]!.length
  const groups = shuffled([...positionsByKey(keys).values()], mulberry32(seed))
  const all = [...parts.keys()]
  groups.forEach((group, i) => {
    const empty = all.filter((part) => parts[part]!.length === 0 && fractions[names[part]!] > 0)
    // the last groups go where there are none yet
    const candidates = groups.length - i <= empty.length ? empty : all
    const neediest = candidates.reduce((best, part) => (lack(part) > lack(best) ? part : best))
    for (const position of group) parts[neediest]!.push(position)
  })
  return filled(names, parts, fractions, keys.length)
}

function positionsByKey(keys: readonly SplitKey[]): Map<SplitKey, number[]> {
  const positions = new Map<SplitKey, number[]>()
  keys.forEach((key, position) => {
    const known = positions.get(key)
    if (known === undefined) positions.set(key, [position])
    else known.push(position)
  })
  return positions
}

/** Refuses shares that do not sum to 1, with the sentence that every split has. */
function checkShares(keys: readonly unknown[], fractions: Readonly<Record<string, number>>): void {
  splitContiguous(new Uint8Array(keys.length), fractions)
}

function filled<Name extends string>(
  names: readonly Name[],
  parts: readonly (readonly number[])[],
  fractions: Readonly<Record<Name, number>>,
  count: number,
): Positions<Name> {
  const empty = names.find((name, part) => fractions[name] > 0 && parts[part]!.length === 0)
  if (empty !== undefined) {
    throw new TapeloopError(
      `split: ${fractions[empty]} of ${count} items leaves "${empty}" empty, for all with the same key go together; give ` +
        `more data or a larger fraction.`,
    )
  }
  const entries = names.map((name, part) => [name, Int32Array.from(parts[part]!)] as const)
  return ascending(Object.fromEntries(entries) as Positions<Name>)
}

function ascending<Name extends string>(parts: Positions<Name>): Positions<Name> {
  for (const part of Object.values<Int32Array>(parts)) part.sort()
  return parts
}

function partsOf<T, Name extends string>(items: readonly T[], positions: Positions<Name>): Record<Name, T[]> {
  const parts = Object.entries<Int32Array>(positions).map(([name, part]) => [
    name,
    Array.from(part, (position) => items[position]!),
  ])
  return Object.fromEntries(parts) as Record<Name, T[]>
}
