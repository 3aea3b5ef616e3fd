import { TapeloopError } from '@tapeloop/core'
import { checkCursor, type Cursor } from '../batches.js'
import { checkWhole } from '../check.js'
import { deriveSeed, mulberry32, shuffled } from '../random.js'
import type { ItemSource } from './dataset.js'

/** Batches that have to be waited for. As with `Batches`, each is a function of the cursor alone; `fit` takes either. */
export interface AsyncBatches<Batch> {
  /** How many batches one epoch has. */
  readonly batchesPerEpoch: number
  /**
   * The batch at a cursor, in arrays of its own.
   *
   * @throws when the cursor is outside of the data.
   */
  batch(cursor: Cursor): Promise<Batch>
}

/** How items are put into batches. */
export interface DatasetBatchOptions<T, Batch> {
  /** Items of a batch; the last of an epoch may have fewer. */
  readonly batchSize: number
  /** Makes a batch of items: `tokenRows`, `exampleRows`, or one of your own. */
  readonly collate: (items: readonly T[], batchSize: number) => Batch
  /** Puts items of like length together, so that little is padded. */
  readonly buckets?: BucketOptions<T>
}

/** How items of like length come together. */
export interface BucketOptions<T> {
  readonly lengthOf: (item: T) => number
  /** Out of how many batches of items, held in memory, batches of like length are made. */
  readonly pool: number
  /** Of the order of the batches of a pool. */
  readonly seed: number
}

/**
 * A data set in batches, for `fit`. Batches that are asked for in order are read in one go; any other place is found again by its
 * cursor, so that a run goes on with exactly the batches it would have seen.
 *
 * @throws when the number of items is not known (`counted` counts them), or there are none.
 */
export function datasetBatches<T, Batch>(
  dataset: ItemSource<T>,
  { batchSize, collate, buckets }: DatasetBatchOptions<T, Batch>,
): AsyncBatches<Batch> {
  checkWhole('datasetBatches', 'batchSize', batchSize, 1)
  if (buckets) checkWhole('datasetBatches', 'pool', buckets.pool, 1)
  const { length } = dataset
  if (length === null) {
    throw new TapeloopError(
      'datasetBatches: the number of items is not known; count them once with `await dataset.counted()`.',
    )
  }
  if (length === 0)
    throw new TapeloopError('datasetBatches: the data set has no items; at least 1 is needed.')
  const batchesPerEpoch = Math.ceil(length / batchSize)
  const poolBatches = buckets?.pool ?? 1
  const read = sequentialReader(dataset)
  let held: { readonly key: string; readonly batches: readonly T[][] } | undefined

  /** The batches of the pool in which a batch lies. */
  async function poolOf({ epoch, batch }: Cursor): Promise<readonly T[][]> {
    const pool = Math.floor(batch / poolBatches)
    const key = `${epoch}/${pool}`
    if (held?.key === key) return held.batches
    const items = await read(pool * poolBatches * batchSize, poolBatches * batchSize, epoch)
    held = { key, batches: pooled(items, batchSize, { epoch, pool, ...(buckets && { buckets }) }) }
    return held.batches
  }

  return {
    batchesPerEpoch,
    batch: inTurn(async (cursor: Cursor) => {
      checkCursor(cursor, batchesPerEpoch)
      const batches = await poolOf(cursor)
      const items = batches[cursor.batch % poolBatches]
      if (items !== undefined) return collate(items, batchSize)
      throw new TapeloopError(
        `datasetBatches: batch ${cursor.batch} of epoch ${cursor.epoch} has no items, though the data set said it has ` +
          `${length}; see that it gives the same items each time.`,
      )
    }),
  }
}

/** Items cut into batches; with buckets, those of like length together, and the batches in random order. */
function pooled<T>(
  items: readonly T[],
  batchSize: number,
  { epoch, pool, buckets }: { epoch: number; pool: number; buckets?: BucketOptions<T> },
): T[][] {
  const ordered = buckets
    ? items
        .map((item) => ({ item, length: buckets.lengthOf(item) }))
        .toSorted((a, b) => a.length - b.length)
        .map(({ item }) => item)
    : items
  const batches = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, i) =>
    ordered.slice(i * batchSize, (i + 1) * batchSize),
  )
  return buckets ? shuffled(batches, mulberry32(deriveSeed(buckets.seed, epoch, pool))) : batches
}

/** Reads items at positions; goes on with what is open where they follow those read before. */
function sequentialReader<T>(
  dataset: ItemSource<T>,
): (position: number, count: number, epoch: number) => Promise<T[]> {
  let open: { epoch: number; position: number; items: AsyncGenerator<T, void> } | undefined
  return async (position, count, epoch) => {
    if (open?.epoch !== epoch || open.position !== position) {
      await open?.items.return()
      open = { epoch, position, items: dataset.from(position, epoch) }
    }
    const taken: T[] = []
    while (taken.length < count) {
      const { value, done } = await open.items.next()
      if (done) break
      taken.push(value)
    }
    open.position += taken.length
    return taken
  }
}

/** Calls a function for one argument after the other, in the order in which they were given. */
function inTurn<A, R>(call: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve()
  return (argument) => {
    const mine = last.then(() => call(argument))
    last = mine.catch(() => undefined)
    return mine
  }
}
