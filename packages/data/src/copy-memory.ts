import { checkCursor, type Batches } from './batches.js'
import { checkWhole } from './check.js'
import { deriveSeed, mulberry32 } from './random.js'
import type { TokenBatch } from './streams.js'

/** The size of the copying task. */
export interface CopyMemoryOptions {
  readonly batchSize: number
  /** How many steps lie between the last symbol shown and the first one asked for; at least 1. */
  readonly delay: number
  readonly seed: number
  /** How many symbols are to be remembered; 10 unless said. */
  readonly span?: number
  /** How many different symbols there are; 8 unless said. */
  readonly symbols?: number
}

/**
 * The copying task (Hochreiter & Schmidhuber 1997 have its ancestor; this form is Arjovsky, Shah & Bengio 2016): `span`
 * random symbols, `delay - 1` blanks, a signal, `span` blanks; the answer is blank until the signal has been read, then
 * the symbols in order. Token 0 is the blank, 1 to `symbols` are the symbols, `symbols + 1` is the signal; rows have
 * `delay + 2 · span` steps. Batches are generated without end, each by its place and the seed.
 *
 * @throws when a size is no whole number of at least 1.
 */
export function copyMemoryBatches({
  batchSize,
  delay,
  seed,
  span = 10,
  symbols = 8,
}: CopyMemoryOptions): Batches<TokenBatch> {
  for (const [name, value] of Object.entries({ batchSize, delay, span, symbols })) {
    checkWhole('copyMemoryBatches', name, value, 1)
  }
  const seqLength = delay + 2 * span
  return {
    batchesPerEpoch: Infinity,
    batch(cursor) {
      checkCursor(cursor, Infinity)
      const random = mulberry32(deriveSeed(seed, cursor.epoch, cursor.batch))
      const x = new Int32Array(batchSize * seqLength)
      const y = new Int32Array(batchSize * seqLength)
      for (let row = 0; row < batchSize; row++) {
        const start = row * seqLength
        for (let i = 0; i < span; i++) {
          const symbol = 1 + Math.floor(random() * symbols)
          x[start + i] = symbol
          y[start + span + delay + i] = symbol
        }
        x[start + span + delay - 1] = symbols + 1
      }
      return { x, y, shape: [batchSize, seqLength], fresh: true }
    },
  }
}

/**
 * The cross entropy, in nats a step, of a model without memory: certain of every blank, and guessing each symbol.
 * With the defaults it is `10 · ln 8 / (delay + 20)`.
 */
export function copyMemoryBaseline({
  delay,
  span = 10,
  symbols = 8,
}: Pick<CopyMemoryOptions, 'delay' | 'span' | 'symbols'>): number {
  return (span * Math.log(symbols)) / (delay + 2 * span)
}
