import { checkCursor, type Batches } from './batches.js'
import { checkWhole } from './check.js'
import { deriveSeed, mulberry32 } from './random.js'

/** A batch of numeric sequences with one target each. */
export interface RegressionBatch<Values extends Float32Array | Float64Array> {
  /** [batchSize, seqLength, 2], row-major. */
  readonly x: Values
  /** [batchSize, 1]. */
  readonly y: Values
  readonly shape: readonly [number, number, number]
}

/** The size and the kind of the numbers of the adding problem. */
export interface AddingOptions<Dtype extends 'float32' | 'float64' = 'float32' | 'float64'> {
  readonly batchSize: number
  /** At least 2. */
  readonly seqLength: number
  readonly seed: number
  readonly dtype: Dtype
}

/** The mean squared error of always answering 1, the best that a model without memory can do: var(a + b) = 2/12. */
export const addingBaseline = 1 / 6

/**
 * The adding problem (Hochreiter & Schmidhuber 1997, section 5.4), in the form used since Le, Jaitly & Hinton (2015):
 * feature 0 is uniform in [0, 1), feature 1 marks one step of the first half and one of the second by 1, and the
 * target is the sum of the two marked numbers. Batches are generated without end, each by its place and the seed.
 *
 * @throws when a size is no whole number or `seqLength` is below 2.
 */
export function addingBatches(options: AddingOptions<'float32'>): Batches<RegressionBatch<Float32Array>>
export function addingBatches(options: AddingOptions<'float64'>): Batches<RegressionBatch<Float64Array>>
export function addingBatches({
  batchSize,
  seqLength,
  seed,
  dtype,
}: AddingOptions): Batches<RegressionBatch<Float32Array | Float64Array>> {
  checkWhole('addingBatches', 'batchSize', batchSize, 1)
  checkWhole('addingBatches', 'seqLength', seqLength, 2)
  const Values = dtype === 'float32' ? Float32Array : Float64Array
  const half = Math.floor(seqLength / 2)
  return {
    batchesPerEpoch: Infinity,
    batch(cursor) {
      checkCursor(cursor, Infinity)
      const random = mulberry32(deriveSeed(seed, cursor.epoch, cursor.batch))
      const x = new Values(batchSize * seqLength * 2)
      const y = new Values(batchSize)
      for (let row = 0; row < batchSize; row++) {
        const start = row * seqLength
        for (let t = 0; t < seqLength; t++) x[2 * (start + t)] = random()
        const first = start + Math.floor(random() * half)
        const second = start + half + Math.floor(random() * (seqLength - half))
        x[2 * first + 1] = 1
        x[2 * second + 1] = 1
        y[row] = x[2 * first]! + x[2 * second]!
      }
      return { x, y, shape: [batchSize, seqLength, 2] }
    },
  }
}
