import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collect } from '../sources/collect.js'
import { datasetOf } from './dataset.js'
import { splitByGroup, splitDataset, splitStratified, type SplitRule } from './split.js'

const items = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: 30, maxLength: 80 })
  .map((keys) => keys.map((key, id) => ({ id, key })))
type Item = { readonly id: number; readonly key: number }
const key = ({ key }: Item) => key
const fractions = { train: 0.6, valid: 0.2, test: 0.2 }
const ids = (part: readonly Item[]) => part.map(({ id }) => id)

test.each(['contiguous', 'random', 'group', 'stratified'] as const)(
  '%s: each item is in one part',
  async (by) => {
    await fc.assert(
      fc.asyncProperty(items, fc.nat(), async (all, seed) => {
        fc.pre(by !== 'group' || new Set(all.map(key)).size === 5)
        const rule = { by, seed, key } as SplitRule<Item>
        const parts = await splitDataset(datasetOf(all), fractions, rule)
        const found = await Promise.all([parts.train, parts.valid, parts.test].map(collect))
        expect(found.flatMap(ids).toSorted((a, b) => a - b)).toEqual(ids(all))
        for (const part of found) expect(ids(part)).toEqual(ids(part).toSorted((a, b) => a - b))
      }),
    )
  },
)

test('no group is in two parts', () => {
  fc.assert(
    fc.property(items, fc.nat(), (all, seed) => {
      fc.pre(new Set(all.map(key)).size === 5)
      const { train, valid, test } = splitByGroup(all, fractions, { key, seed })
      const groups = [train, valid, test].map((part) => [...new Set(part.map(key))])
      expect(groups.flat().toSorted()).toEqual([0, 1, 2, 3, 4])
    }),
  )
})

test('a stratified split keeps the proportions of the keys', () => {
  fc.assert(
    fc.property(items, fc.nat(), (all, seed) => {
      const parts = splitStratified(all, fractions, { key, seed })
      for (const name of ['train', 'valid', 'test'] as const) {
        for (const wanted of new Set(all.map(key))) {
          const count = (some: readonly Item[]) => some.filter((item) => item.key === wanted).length
          expect(Math.abs(count(parts[name]) - fractions[name] * count(all))).toBeLessThanOrEqual(1)
        }
      }
    }),
  )
})

test('a part that would be empty, and shares that are not whole, are refused', () => {
  const one = [
    { id: 0, key: 1 },
    { id: 1, key: 1 },
    { id: 2, key: 1 },
    { id: 3, key: 1 },
    { id: 4, key: 1 },
  ]
  expect(() => splitByGroup(one, fractions, { key, seed: 0 })).toThrow(
    'split: 0.2 of 5 items leaves "valid" empty, for all with the same key go together; give more data or a larger fraction.',
  )
  expect(() => splitStratified(one, { train: 0.5 }, { key, seed: 0 })).toThrow(
    'split: the fractions must sum to 1, but they sum to 0.5.',
  )
})
