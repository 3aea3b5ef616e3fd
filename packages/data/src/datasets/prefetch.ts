import { nextCursor, type Cursor } from '../batches.js'
import { checkWhole } from '../check.js'
import type { AsyncBatches } from './dataset-batches.js'

/**
 * Reads the next batches while one is used.
 *
 * @param ahead how many; 2 unless said.
 */
export function prefetch<Batch>(batches: AsyncBatches<Batch>, ahead = 2): AsyncBatches<Batch> {
  checkWhole('prefetch', 'ahead', ahead, 1)
  const waiting = new Map<string, Promise<Batch>>()

  function begin(cursor: Cursor): Promise<Batch> {
    const key = `${cursor.epoch}/${cursor.batch}`
    const known = waiting.get(key)
    if (known !== undefined) return known
    const begun = batches.batch(cursor)
    // whoever asks for it hears of the error
    begun.catch(() => undefined)
    waiting.set(key, begun)
    return begun
  }

  return {
    batchesPerEpoch: batches.batchesPerEpoch,
    batch(cursor) {
      const wanted = begin(cursor)
      const keys = new Set<string>()
      for (let i = 0, next = cursor; i < ahead; i++) {
        next = nextCursor(batches, next)
        keys.add(`${next.epoch}/${next.batch}`)
        void begin(next)
      }
      for (const key of waiting.keys()) if (!keys.has(key)) waiting.delete(key)
      return wanted
    },
  }
}
