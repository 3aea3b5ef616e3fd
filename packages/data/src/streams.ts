import { TapeloopError } from '@tapeloop/core'
import { checkCursor, type Batches } from './batches.js'
import { checkWhole } from './check.js'

/** A batch of token windows, with the next token of each as its target. */
export interface TokenBatch {
  /** Tokens, Int32Array [batchSize, seqLength], row-major. */
  readonly x: Int32Array
  /** The token after each of them, Int32Array [batchSize, seqLength]. */
  readonly y: Int32Array
  /** `[batchSize, seqLength]`, the shape of `x` and `y`. */
  readonly shape: readonly [number, number]
  /** Whether the rows begin anew, from a zero state, rather than go on where the batch before ended. */
  readonly fresh: boolean
}

/** A batch whose rows may be shorter than `seqLength`. */
export interface PaddedBatch extends TokenBatch {
  /** How many tokens of each row count, from its start: Int32Array [batchSize]; a row of padding alone has 0. */
  readonly lengths: Int32Array
}

/** The size of batches of tokens. */
export interface BatchShape {
  /** Rows of a batch. */
  readonly batchSize: number
  /** Tokens of a row. */
  readonly seqLength: number
}

/**
 * Contiguous streams for truncated backpropagation through time: the tokens are cut into `batchSize` lanes of equal
 * length, and batch k holds the k-th window of `seqLength` tokens of every lane. So a row goes on where the same row of
 * the batch before ended, and a carried state stays right; only the first batch of an epoch is `fresh`.
 *
 * An epoch uses each of the first `batchesPerEpoch · batchSize · seqLength` tokens exactly once; what follows them at
 * the end of the text is less than a batch and left out.
 *
 * @param tokens Int32Array [tokens], used in place: it must not change while the stream is used.
 * @throws when there are fewer than `batchSize · seqLength + 1` tokens.
 */
export function contiguousBatches(
  tokens: Int32Array,
  { batchSize, seqLength }: BatchShape,
): Batches<TokenBatch> {
  checkShape('contiguousBatches', { batchSize, seqLength })
  const batchesPerEpoch = Math.floor((tokens.length - 1) / (batchSize * seqLength))
  if (batchesPerEpoch < 1) {
    throw new TapeloopError(
      `The text is too short: it has ${tokens.length} tokens, but one batch of batchSize ${batchSize} and ` +
        `seqLength ${seqLength} needs ${batchSize * seqLength + 1}; use a longer text or a smaller batch.`,
    )
  }
  const laneLength = batchesPerEpoch * seqLength
  return {
    batchesPerEpoch,
    batch(cursor) {
      checkCursor(cursor, batchesPerEpoch)
      const offset = cursor.batch * seqLength
      const starts = Array.from({ length: batchSize }, (_, lane) => lane * laneLength + offset)
      return { ...windowsAt(tokens, starts, seqLength), fresh: cursor.batch === 0 }
    },
  }
}

/**
 * A batch of windows at random places: row b starts at `floor(random() · (tokens.length - seqLength))`.
 *
 * @param tokens Int32Array [tokens].
 * @param random numbers uniform in [0, 1), one a row; `mulberry32(seed)` is one whose state can be saved.
 * @throws when there are fewer than `seqLength + 1` tokens.
 */
export function randomWindows(
  tokens: Int32Array,
  { batchSize, seqLength }: BatchShape,
  random: () => number,
): TokenBatch {
  checkShape('randomWindows', { batchSize, seqLength })
  const places = tokens.length - seqLength
  if (places < 1) {
    throw new TapeloopError(
      `The text is too short: it has ${tokens.length} tokens, but a window of seqLength ${seqLength} needs ` +
        `${seqLength + 1}; use a longer text or a smaller seqLength.`,
    )
  }
  const starts = Array.from({ length: batchSize }, () => Math.floor(random() * places))
  return { ...windowsAt(tokens, starts, seqLength), fresh: true }
}

/** How a text is cut for evaluation. */
export interface EvaluationOptions extends BatchShape {
  /**
   * `stream`: `batchSize` lanes whose state is carried from batch to batch; with one lane, the text is one sequence.
   * `windows`: windows that do not overlap, each from a zero state.
   */
  readonly context: 'stream' | 'windows'
}

/**
 * Every token after the first as a target exactly once, whatever the sizes: what does not fill a window is padded with
 * token 0, and `lengths` says so. A mean over the text is the sum over all batches divided by `tokens.length - 1`.
 *
 * @param tokens Int32Array [tokens], at least two of them; used in place.
 * @throws when there are fewer than two tokens.
 */
export function evaluationBatches(
  tokens: Int32Array,
  { batchSize, seqLength, context }: EvaluationOptions,
): Batches<PaddedBatch> {
  checkShape('evaluationBatches', { batchSize, seqLength })
  const targets = tokens.length - 1
  if (targets < 1) {
    throw new TapeloopError(
      `The text is too short: it has ${tokens.length} tokens, but evaluation needs at least 2.`,
    )
  }
  const isStream = context === 'stream'
  const windowsPerLane = Math.ceil(Math.ceil(targets / batchSize) / seqLength)
  const windows = Math.ceil(targets / seqLength)
  const batchesPerEpoch = isStream ? windowsPerLane : Math.ceil(windows / batchSize)

  /** The first position of row `row` of batch `batch`, and the position before which it ends. */
  function rowOf(batch: number, row: number): [start: number, end: number] {
    if (!isStream) {
      const start = (batch * batchSize + row) * seqLength
      return [start, targets]
    }
    const laneStart = Math.floor((row * targets) / batchSize)
    const laneEnd = Math.floor(((row + 1) * targets) / batchSize)
    return [laneStart + batch * seqLength, laneEnd]
  }

  return {
    batchesPerEpoch,
    batch(cursor) {
      checkCursor(cursor, batchesPerEpoch)
      const x = new Int32Array(batchSize * seqLength)
      const y = new Int32Array(batchSize * seqLength)
      const lengths = new Int32Array(batchSize)
      for (let row = 0; row < batchSize; row++) {
        const [start, end] = rowOf(cursor.batch, row)
        const length = Math.min(Math.max(end - start, 0), seqLength)
        lengths[row] = length
        x.set(tokens.subarray(start, start + length), row * seqLength)
        y.set(tokens.subarray(start + 1, start + 1 + length), row * seqLength)
      }
      return { x, y, shape: [batchSize, seqLength], lengths, fresh: !isStream || cursor.batch === 0 }
    },
  }
}

function windowsAt(
  tokens: Int32Array,
  starts: readonly number[],
  seqLength: number,
): Omit<TokenBatch, 'fresh'> {
  const x = new Int32Array(starts.length * seqLength)
  const y = new Int32Array(starts.length * seqLength)
  starts.forEach((start, row) => {
    x.set(tokens.subarray(start, start + seqLength), row * seqLength)
    y.set(tokens.subarray(start + 1, start + 1 + seqLength), row * seqLength)
  })
  return { x, y, shape: [starts.length, seqLength] }
}

function checkShape(where: string, { batchSize, seqLength }: BatchShape): void {
  checkWhole(where, 'batchSize', batchSize, 1)
  checkWhole(where, 'seqLength', seqLength, 1)
}
