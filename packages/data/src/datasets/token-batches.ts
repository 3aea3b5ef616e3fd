import { TapeloopError } from '@tapeloop/core'
import { checkCursor } from '../batches.js'
import { checkWhole } from '../check.js'
import type { BatchShape, TokenBatch } from '../streams.js'
import type { AsyncBatches } from './dataset-batches.js'
import { makeDataset, type Dataset } from './dataset.js'
import type { TokenStore } from './token-store.js'

/**
 * Windows of `seqLength + 1` tokens, one after the other, each with the first token of the next as its last: to be shuffled, and put
 * into batches by `tokenRows()`.
 *
 * @throws when there are fewer than `seqLength + 1` tokens.
 */
export function tokenWindows(
  store: TokenStore,
  { seqLength }: Pick<BatchShape, 'seqLength'>,
): Dataset<Int32Array> {
  checkWhole('tokenWindows', 'seqLength', seqLength, 1)
  const length = Math.floor((store.length - 1) / seqLength)
  if (length < 1) {
    throw new TapeloopError(
      `The text is too short: it has ${store.length} tokens, but a window of seqLength ${seqLength} needs ` +
        `${seqLength + 1}; use a longer text or a smaller seqLength.`,
    )
  }
  return makeDataset({
    length,
    isSeekable: true,
    async *from(position) {
      for (let i = position; i < length; i++) yield store.read(i * seqLength, (i + 1) * seqLength + 1)
    },
  })
}

/**
 * Contiguous streams for truncated backpropagation through time, out of a text of any size: what `contiguousBatches` gives for
 * tokens in memory.
 *
 * @throws when there are fewer than `batchSize · seqLength + 1` tokens.
 */
export function storedBatches(
  store: TokenStore,
  { batchSize, seqLength }: BatchShape,
): AsyncBatches<TokenBatch> {
  checkWhole('storedBatches', 'batchSize', batchSize, 1)
  checkWhole('storedBatches', 'seqLength', seqLength, 1)
  const batchesPerEpoch = Math.floor((store.length - 1) / (batchSize * seqLength))
  if (batchesPerEpoch < 1) {
    throw new TapeloopError(
      `The text is too short: it has ${store.length} tokens, but one batch of batchSize ${batchSize} and ` +
        `seqLength ${seqLength} needs ${batchSize * seqLength + 1}; use a longer text or a smaller batch.`,
    )
  }
  return {
    batchesPerEpoch,
    async batch(cursor) {
      checkCursor(cursor, batchesPerEpoch)
      const x = new Int32Array(batchSize * seqLength)
      const y = new Int32Array(batchSize * seqLength)
      for (let lane = 0; lane < batchSize; lane++) {
        const start = (lane * batchesPerEpoch + cursor.batch) * seqLength
        const window = await store.read(start, start + seqLength + 1)
        x.set(window.subarray(0, -1), lane * seqLength)
        y.set(window.subarray(1), lane * seqLength)
      }
      return { x, y, shape: [batchSize, seqLength], fresh: cursor.batch === 0 }
    },
  }
}
