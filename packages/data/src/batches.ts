import { TapeloopError } from '@tapeloop/core'
import { checkWhole, isRecord, show } from './check.js'

/** A place in the data: which pass over it, and which batch of that pass. Plain JSON, saved in checkpoints. */
export interface Cursor {
  readonly epoch: number
  readonly batch: number
}

/**
 * Data in batches. Every batch is a function of the cursor alone, so a run that is resumed at a saved cursor sees
 * exactly the batches it would have seen, and any part of the data can be looked at without reading what is before.
 */
export interface Batches<Batch> {
  /** How many batches one epoch has; `Infinity` where the data is generated and never ends. */
  readonly batchesPerEpoch: number
  /**
   * The batch at a cursor, in arrays of its own.
   *
   * @throws when the cursor is outside of the data.
   */
  batch(cursor: Cursor): Batch
}

/** The cursor at which every run begins. */
export const firstCursor: Cursor = { epoch: 0, batch: 0 }

/** The cursor after `cursor`: the next batch, or the first one of the next epoch. */
export function nextCursor(batches: Pick<Batches<unknown>, 'batchesPerEpoch'>, cursor: Cursor): Cursor {
  const batch = cursor.batch + 1
  return batch < batches.batchesPerEpoch
    ? { epoch: cursor.epoch, batch }
    : { epoch: cursor.epoch + 1, batch: 0 }
}

/**
 * All batches from a cursor on, epoch after epoch, without end. `next` is the cursor to save once the batch is used.
 *
 * @example
 * for (const { batch, next } of batchesFrom(stream, saved)) { train(batch); saved = next }
 */
export function* batchesFrom<Batch>(
  batches: Batches<Batch>,
  from: Cursor = firstCursor,
): Generator<{ cursor: Cursor; batch: Batch; next: Cursor }, never> {
  for (let cursor = from; ;) {
    const next = nextCursor(batches, cursor)
    yield { cursor, batch: batches.batch(cursor), next }
    cursor = next
  }
}

/** The batches of one epoch, in order: for evaluation. */
export function* epochOf<Batch>(batches: Batches<Batch>, epoch = 0): Generator<Batch, void> {
  for (let batch = 0; batch < batches.batchesPerEpoch; batch++) yield batches.batch({ epoch, batch })
}

/**
 * Reads a saved cursor back.
 *
 * @throws one sentence when it is no cursor, or lies outside of `batches` where these are given.
 */
export function parseCursor(value: unknown, batches?: Pick<Batches<unknown>, 'batchesPerEpoch'>): Cursor {
  const { epoch, batch } = isRecord(value) ? value : {}
  if (typeof epoch !== 'number' || typeof batch !== 'number') {
    throw new TapeloopError(`A data cursor must be a record of epoch and batch, but it is ${show(value)}.`)
  }
  const cursor = { epoch, batch }
  checkCursor(cursor, batches?.batchesPerEpoch ?? Infinity)
  return cursor
}

/** Refuses a cursor outside of the data. */
export function checkCursor({ epoch, batch }: Cursor, batchesPerEpoch: number): void {
  checkWhole('data cursor', 'epoch', epoch, 0)
  checkWhole('data cursor', 'batch', batch, 0)
  if (batch >= batchesPerEpoch) {
    throw new TapeloopError(
      `data cursor: batch ${batch} does not exist, an epoch has ${batchesPerEpoch}; ` +
        `use the text and the sizes with which the cursor was saved.`,
    )
  }
}
