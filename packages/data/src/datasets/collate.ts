import { TapeloopError } from '@tapeloop/core'
import type { PaddedBatch } from '../streams.js'

/** Some examples and the shape of what will hold them: what the models take. */
export interface ExampleRows<E> {
  readonly examples: readonly E[]
  /** Rows; those for which there is no example are padding. */
  readonly batchSize: number
  /** The longest x and y of the batch. */
  readonly times: { readonly x: number; readonly y: number }
}

/**
 * Sequences of tokens as rows: all but the last are inputs, all but the first their targets; what is shorter is padded, with 0 unless
 * `padId` is said. Every batch is `fresh`.
 *
 * @throws when a sequence has fewer than two tokens.
 */
export function tokenRows(padId = 0): (sequences: readonly Int32Array[], batchSize: number) => PaddedBatch {
  return (sequences, batchSize) => {
    const seqLength = longest(sequences) - 1
    const x = new Int32Array(batchSize * seqLength).fill(padId)
    const y = new Int32Array(batchSize * seqLength).fill(padId)
    const lengths = new Int32Array(batchSize)
    sequences.forEach((sequence, row) => {
      if (sequence.length < 2) {
        throw new TapeloopError(
          `tokenRows: a sequence has ${sequence.length} tokens, but needs at least 2, an input and its target; leave it ` +
            `out or give it a start and an end token.`,
        )
      }
      lengths[row] = sequence.length - 1
      x.set(sequence.subarray(0, -1), row * seqLength)
      y.set(sequence.subarray(1), row * seqLength)
    })
    return { x, y, shape: [batchSize, seqLength], lengths, fresh: true }
  }
}

/** Examples as the models take them, padded to the longest of the batch. */
export function exampleRows<
  E extends { readonly x: ArrayLike<unknown>; readonly y: number | ArrayLike<unknown> },
>(examples: readonly E[], batchSize: number): ExampleRows<E> {
  return {
    examples,
    batchSize,
    times: {
      x: longest(examples.map(({ x }) => x)),
      y: longest(examples.map(({ y }): ArrayLike<unknown> => (typeof y === 'number' ? [y] : y))),
    },
  }
}

function longest(sequences: readonly ArrayLike<unknown>[]): number {
  return sequences.reduce((most, { length }) => Math.max(most, length), 0)
}
