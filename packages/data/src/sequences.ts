import { TapeloopError } from '@tapeloop/core'
import { checkCursor, type Batches } from './batches.js'
import { checkWhole } from './check.js'
import { deriveSeed, mulberry32, permutation } from './random.js'
import type { PaddedBatch } from './streams.js'

/** How sequences are put into batches. */
export interface PaddedOptions {
  /** Rows of a batch; what the last batch lacks is rows of length 0. */
  readonly batchSize: number
  /** Shuffles the sequences anew each epoch; without it they come in the order given. */
  readonly seed?: number
  /** The token that fills the ends of rows; 0 unless said. `lengths` says where they are. */
  readonly padId?: number
  /**
   * `set`: every batch is as long as the longest sequence of all, so that one shape serves (the default).
   * `batch`: each batch is as long as its own longest.
   */
  readonly padTo?: 'set' | 'batch'
}

/**
 * Separate sequences as padded batches: of a sequence of n tokens the first n - 1 are inputs, and the last n - 1 their
 * targets. Every sequence is used exactly once an epoch; every batch is `fresh`.
 *
 * @param sequences Int32Array [n] each, n at least 2; used in place.
 * @throws when there is no sequence, or one has fewer than two tokens.
 */
export function paddedBatches(
  sequences: readonly Int32Array[],
  { batchSize, seed, padId = 0, padTo = 'set' }: PaddedOptions,
): Batches<PaddedBatch> {
  checkWhole('paddedBatches', 'batchSize', batchSize, 1)
  checkWhole('paddedBatches', 'padId', padId, 0)
  if (sequences.length === 0)
    throw new TapeloopError('paddedBatches: there are no sequences; at least 1 is needed.')
  const short = sequences.findIndex((sequence) => sequence.length < 2)
  if (short >= 0) {
    throw new TapeloopError(
      `paddedBatches: sequence ${short} has ${sequences[short]!.length} tokens, but needs at least 2, ` +
        `an input and its target; leave it out or give it a start and an end token.`,
    )
  }
  const longest = longestInput(sequences)
  const batchesPerEpoch = Math.ceil(sequences.length / batchSize)

  const inOrder = Int32Array.from(sequences, (_, i) => i)
  let shuffled: { epoch: number; order: Int32Array } | undefined
  function orderOf(epoch: number): Int32Array {
    if (seed === undefined) return inOrder
    // kept only because drawing it again for every batch of the epoch would be slow
    if (shuffled?.epoch !== epoch) {
      shuffled = { epoch, order: permutation(sequences.length, mulberry32(deriveSeed(seed, epoch))) }
    }
    return shuffled.order
  }

  return {
    batchesPerEpoch,
    batch(cursor) {
      checkCursor(cursor, batchesPerEpoch)
      const first = cursor.batch * batchSize
      const chosen = Array.from(
        orderOf(cursor.epoch).subarray(first, first + batchSize),
        (index) => sequences[index]!,
      )
      const seqLength = padTo === 'set' ? longest : longestInput(chosen)
      const x = new Int32Array(batchSize * seqLength).fill(padId)
      const y = new Int32Array(batchSize * seqLength).fill(padId)
      const lengths = new Int32Array(batchSize)
      chosen.forEach((sequence, row) => {
        lengths[row] = sequence.length - 1
        x.set(sequence.subarray(0, -1), row * seqLength)
        y.set(sequence.subarray(1), row * seqLength)
      })
      return { x, y, shape: [batchSize, seqLength], lengths, fresh: true }
    },
  }
}

function longestInput(sequences: readonly Int32Array[]): number {
  return sequences.reduce((longest, sequence) => Math.max(longest, sequence.length - 1), 0)
}
