import { refuse, tensor, type DType, type Tensor } from '@tapeloop/core'
import { deriveSeed, mulberry32, permutation, type Batches } from '@tapeloop/data'
import { checkWhole } from './recurrent-stack.js'

/** At each time a token, a number, or several numbers. */
export type Sequence = ArrayLike<number> | ArrayLike<ArrayLike<number>>

/** A sequence and what is to be said of it: a class, a tag for each time, numbers, another sequence. */
export interface Example<Y> {
  readonly x: Sequence
  readonly y: Y
}

/** Some examples, and the shape of the tensors that hold them. */
export interface ExampleBatch<Y> {
  readonly examples: readonly Example<Y>[]
  /** Rows; those for which there is no example are padding. */
  readonly batchSize: number
  /** The longest x and y of all examples, so that all batches have equal shapes. */
  readonly times: { readonly x: number; readonly y: number }
}

/** How examples are put into batches. */
export interface ExampleBatchOptions {
  /** rows of a batch */
  readonly batchSize: number
  /** shuffles the examples anew each epoch; without it they come in the order given */
  readonly seed?: number
}

/**
 * Examples in batches, each exactly once an epoch. Their lengths may differ: a model pads them, and counts no padding.
 *
 * @example
 * fit(model, { data: exampleBatches(examples, { batchSize: 16, seed: 1 }), optimizer: adam(), epochs: 5 })
 * @throws where there are no examples, or the batch size is no whole number from 1
 */
export function exampleBatches<Y extends number | Sequence>(
  examples: readonly Example<Y>[],
  { batchSize, seed }: ExampleBatchOptions,
): Batches<ExampleBatch<Y>> {
  checkWhole('exampleBatches', 'batchSize', batchSize)
  if (examples.length === 0) refuse('exampleBatches', 'there are no examples; give at least one')
  const times = {
    x: longest(examples.map(({ x }) => x)),
    y: longest(examples.map(({ y }): ArrayLike<unknown> => (typeof y === 'number' ? [y] : y))),
  }
  const inOrder = Int32Array.from(examples, (_, i) => i)
  let shuffled: { epoch: number; order: Int32Array } | undefined
  const orderOf = (epoch: number): Int32Array => {
    if (seed === undefined) return inOrder
    // kept only because drawing it again for every batch of the epoch would be slow
    if (shuffled?.epoch !== epoch) {
      shuffled = { epoch, order: permutation(examples.length, mulberry32(deriveSeed(seed, epoch))) }
    }
    return shuffled.order
  }
  return {
    batchesPerEpoch: Math.ceil(examples.length / batchSize),
    batch({ epoch, batch }) {
      const chosen = orderOf(epoch).subarray(batch * batchSize, (batch + 1) * batchSize)
      return { examples: Array.from(chosen, (i) => examples[i]!), batchSize, times }
    },
  }
}

/** The length of the longest of some sequences. */
export function longest(sequences: readonly ArrayLike<unknown>[]): number {
  return sequences.reduce((most, { length }) => Math.max(most, length), 0)
}

/** How many times each row counts: int32 `[batchSize]`, 0 where there is no sequence. */
export function lengthsOf(sequences: readonly ArrayLike<unknown>[], batchSize: number): Tensor {
  return tensor(Int32Array.from({ length: batchSize }, (_, row) => sequences[row]?.length ?? 0))
}

/** A shape `[batchSize, time]` in which sequences are put, and what is said where one does not fit. */
interface Rows {
  /** the model and the part of its examples, `tagger: x` */
  readonly where: string
  readonly batchSize: number
  readonly time: number
}

/**
 * Tokens int32 `[batchSize, time]`, padded with 0.
 *
 * @throws where one is no whole number below `count`
 */
export function tokenTensor(
  sequences: readonly ArrayLike<unknown>[],
  count: number,
  { where, batchSize, time }: Rows,
): Tensor {
  const ids = new Int32Array(batchSize * time)
  sequences.forEach((sequence, row) => {
    for (let t = 0; t < sequence.length; t++) {
      const id = sequence[t]
      if (!isWhole(id) || id >= count) {
        refuse(
          where,
          `sequence ${row} has ${String(id)} at ${t}; it must be a whole number from 0 to ${count - 1}`,
        )
      }
      ids[row * time + t] = id
    }
  })
  return tensor(ids, { shape: [batchSize, time] })
}

/**
 * Numbers `[batchSize, time, size]`, padded with 0. Where `size` is 1 a number may stand for itself.
 *
 * @throws where another count of numbers stands at a time, or one is not finite
 */
export function numberTensor(
  sequences: readonly Sequence[],
  size: number,
  dtype: DType,
  { where, batchSize, time }: Rows,
): Tensor {
  const numbers = new Float64Array(batchSize * time * size)
  sequences.forEach((sequence, row) => {
    for (let t = 0; t < sequence.length; t++) {
      const entry = sequence[t]!
      const values = typeof entry === 'number' ? [entry] : entry
      if (values.length !== size) {
        refuse(where, `sequence ${row} has ${values.length} numbers at ${t}; it must have ${size}`)
      }
      for (let i = 0; i < size; i++) {
        if (!Number.isFinite(values[i])) {
          refuse(where, `sequence ${row} has ${values[i]} at ${t}; replace what is missing by a number`)
        }
        numbers[(row * time + t) * size + i] = values[i]!
      }
    }
  })
  return tensor(numbers, { shape: [batchSize, time, size], dtype })
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
