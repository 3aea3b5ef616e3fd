import { compile, type Backend, type Nested, type Tensor, type Tree } from '@tapeloop/core'
import { longest, type Sequence } from './examples.js'
import type { SequenceTensors } from './reader.js'
import { checkWhole } from './recurrent-stack.js'

/** How a model is asked about sequences. */
export interface PredictOptions {
  /** the default backend unless given */
  readonly backend?: Backend
  /** sequences that are read at once; 32 unless said */
  readonly batchSize?: number
}

/** What makes tensors of sequences. */
interface Batching {
  batch(sequences: readonly Sequence[], batchSize: number, time: number): SequenceTensors
}

/** What is said of sequences, in batches of equal shape; the last has rows of padding, of which `ask` may say anything. */
export async function inBatches<Said>(
  where: string,
  reader: Batching,
  sequences: readonly Sequence[],
  { batchSize = 32 }: PredictOptions,
  ask: (batch: SequenceTensors) => Promise<readonly Said[]>,
): Promise<Said[]> {
  checkWhole(where, 'batchSize', batchSize)
  const rows = Math.min(batchSize, sequences.length)
  const time = longest(sequences)
  const all: Said[] = []
  for (let start = 0; start < sequences.length; start += rows) {
    const chunk = sequences.slice(start, start + rows)
    all.push(...(await ask(reader.batch(chunk, rows, time))).slice(0, chunk.length))
  }
  return all
}

/** The same thing made for each backend that is asked for, once. */
export function onEachBackend<Made>(make: (backend?: Backend) => Made): (backend?: Backend) => Made {
  const made = new Map<Backend | undefined, Made>()
  return (backend) => {
    const found = made.get(backend) ?? make(backend)
    made.set(backend, found)
    return found
  }
}

/**
 * Compiles what a model says of sequences.
 *
 * @param say what it says of a batch, one row for each sequence
 * @param read what is told of a row, as nested arrays, and its sequence
 */
export function predictor<Params extends Tree, Row extends Nested, Said>(
  where: string,
  reader: Batching,
  say: (params: Params, batch: SequenceTensors) => Tensor,
  read: (row: Row, length: number) => Said,
): (params: Params, sequences: readonly Sequence[], options?: PredictOptions) => Promise<Said[]> {
  const programs = onEachBackend((backend) => compile(say, { name: where, ...(backend && { backend }) }))
  return async (params, sequences, options = {}) => {
    const run = programs(options.backend)
    const rows = await inBatches(where, reader, sequences, options, async (batch) => {
      const said = run(params, batch)
      await said.data()
      return said.toNested() as readonly Row[]
    })
    return rows.map((row, i) => read(row, sequences[i]!.length))
  }
}
