import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesFrom, nextCursor, type Cursor } from '../batches.js'
import { collect } from '../sources/collect.js'
import { datasetBatches } from './dataset-batches.js'
import { datasetOf, type Dataset } from './dataset.js'
import { prefetch } from './prefetch.js'

const counting = (length: number) => Array.from({ length }, (_, i) => i)
const streamed = (length: number) =>
  datasetOf(async function* () {
    yield* counting(length)
  })

/** One of the ways to make a data set out of the numbers below `length`, and what it must hold in some order. */
const made = fc
  .record({
    length: fc.integer({ min: 1, max: 60 }),
    isStreamed: fc.boolean(),
    seed: fc.nat(),
    buffer: fc.integer({ min: 1, max: 20 }),
    modulus: fc.integer({ min: 1, max: 4 }),
    order: fc.constantFrom('none', 'shuffle', 'shuffle then filter', 'filter then shuffle'),
  })
  .map(({ length, isStreamed, seed, buffer, modulus, order }) => {
    const plain: Dataset<number> = isStreamed ? streamed(length) : datasetOf(counting(length))
    const keep = (item: number) => item % modulus === 0
    const change = (item: number, position: number) => ({ item, position })
    const mixed = order.startsWith('shuffle') ? plain.shuffle({ seed, buffer }) : plain
    const kept = order.includes('filter') ? mixed.filter(keep) : mixed
    const dataset = order.endsWith('then shuffle') ? kept.shuffle({ seed, buffer }) : kept
    return {
      dataset: dataset.map(change),
      holds: order.includes('filter') ? counting(length).filter(keep) : counting(length),
    }
  })

test('every epoch has each item once, and reading may begin anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(made, fc.nat(3), fc.nat(60), async ({ dataset, holds }, epoch, start) => {
      const whole = await collect(dataset.from(0, epoch))
      expect(whole.map(({ item }) => item).toSorted((a, b) => a - b)).toEqual(holds)
      expect(whole.map(({ position }) => position)).toEqual(counting(holds.length))
      expect(await collect(dataset.from(start, epoch))).toEqual(whole.slice(start))
      expect((await dataset.counted()).length).toBe(holds.length)
    }),
  )
})

test('a shuffle mixes within its buffer, differently in each epoch', async () => {
  const inOrder = counting(100)
  const dataset = datasetOf(inOrder).shuffle({ seed: 1, buffer: 100 })
  const [first, second] = [await collect(dataset.from(0)), await collect(dataset.from(0, 1))]
  expect(first).not.toEqual(inOrder)
  expect(second).not.toEqual(first)
  expect(await collect(datasetOf(inOrder).shuffle({ seed: 1, buffer: 100 }))).toEqual(first)
  const near = await collect(streamed(100).shuffle({ seed: 1, buffer: 10 }))
  expect(near.every((item, position) => Math.abs(item - position) < 10)).toBe(true)
})

test('slices and picks are parts of the whole', async () => {
  const range = fc.tuple(fc.nat(40), fc.nat(40)).map((ends) => ends.toSorted((a, b) => a - b))
  const positions = fc.uniqueArray(fc.nat(29)).map((some) => Int32Array.from(some).toSorted())
  await fc.assert(
    fc.asyncProperty(range, positions, fc.nat(5), async ([start, end], positions, from) => {
      const dataset = datasetOf(counting(30))
      const slice = dataset.slice(start!, end!)
      expect(await collect(slice.from(from))).toEqual(counting(30).slice(start, end).slice(from))
      expect(slice.length).toBe(counting(30).slice(start, end).length)
      expect(await collect(dataset.pick(positions).from(from))).toEqual([...positions].slice(from))
    }),
  )
})

const options = fc.record({
  batchSize: fc.integer({ min: 1, max: 7 }),
  pool: fc.option(fc.integer({ min: 1, max: 4 })),
  ahead: fc.option(fc.integer({ min: 1, max: 3 })),
})

test('a saved cursor gives exactly the batches of a run that was not interrupted', async () => {
  await fc.assert(
    fc.asyncProperty(
      made,
      options,
      fc.nat(30),
      async ({ dataset, holds }, { batchSize, pool, ahead }, stop) => {
        const open = async () => {
          const batches = datasetBatches(await dataset.counted(), {
            batchSize,
            collate: (items) => items.map(({ item }) => item),
            ...(pool && { buckets: { lengthOf: ({ item }) => item % 5, pool, seed: 3 } }),
          })
          return ahead === null ? batches : prefetch(batches, ahead)
        }
        const whole = batchesFrom(await open())
        let saved: Cursor = { epoch: 0, batch: 0 }
        for (let i = 0; i < stop; i++) {
          const { batch, next } = whole.next().value
          await batch
          saved = next
        }
        const resumed = batchesFrom(await open(), JSON.parse(JSON.stringify(saved)))
        for (let i = 0; i < 3; i++) {
          expect(await resumed.next().value.batch).toEqual(await whole.next().value.batch)
        }
        const again = await open()
        const epoch = await Promise.all(
          counting(again.batchesPerEpoch).map((batch) => again.batch({ epoch: 5, batch })),
        )
        expect(epoch.flat().toSorted((a, b) => a - b)).toEqual(holds)
        expect(nextCursor(again, { epoch: 0, batch: again.batchesPerEpoch - 1 })).toEqual({
          epoch: 1,
          batch: 0,
        })
      },
    ),
  )
})

test('buckets hold items of like length', async () => {
  const lengths = counting(64).map((i) => (i * 37) % 64)
  const batches = datasetBatches(datasetOf(lengths), {
    batchSize: 8,
    collate: (items) => Math.max(...items) - Math.min(...items),
    buckets: { lengthOf: (length) => length, pool: 8, seed: 0 },
  })
  const spreads = await Promise.all(counting(8).map((batch) => batches.batch({ epoch: 0, batch })))
  expect(spreads).toEqual(counting(8).map(() => 7))
})

test('a data set of unknown length, none, or one that changes is refused', async () => {
  const collate = (items: readonly number[]) => items
  expect(() => datasetBatches(streamed(3), { batchSize: 2, collate })).toThrow(
    'datasetBatches: the number of items is not known; count them once with `await dataset.counted()`.',
  )
  expect(() => datasetBatches(datasetOf<number>([]), { batchSize: 2, collate })).toThrow(
    'datasetBatches: the data set has no items; at least 1 is needed.',
  )
  let opened = 0
  const fading = await datasetOf(async function* () {
    yield* counting(opened++ === 0 ? 4 : 1)
  }).counted()
  await expect(
    datasetBatches(fading, { batchSize: 2, collate }).batch({ epoch: 0, batch: 1 }),
  ).rejects.toThrow(
    'datasetBatches: batch 1 of epoch 0 has no items, though the data set said it has 4; see that it gives the same items each time.',
  )
})

test('an error of a batch reaches who asks for it, and nobody else', async () => {
  const failing = {
    batchesPerEpoch: 3,
    batch: async ({ batch }: Cursor) => (batch === 1 ? Promise.reject(new Error('no')) : batch),
  }
  const fetched = prefetch(failing)
  expect(await fetched.batch({ epoch: 0, batch: 0 })).toBe(0)
  await expect(fetched.batch({ epoch: 0, batch: 1 })).rejects.toThrow('no')
  expect(await fetched.batch({ epoch: 0, batch: 2 })).toBe(2)
})
