import {
  addingBaseline,
  addingBatches,
  copyMemoryBatches,
  countingString,
  deriveSeed,
  mulberry32,
  reberString,
  reberSymbols,
  reberTokens,
  type TokenBatch,
} from '@tapeloop/data'
import type { BatchSource } from '@tapeloop/train'
import type { LaneBatch, LaneTask } from '../lanes/task.js'

/** A task in which something must be remembered over a time lag. The last answer of a row is the one that needs memory. */
export interface LabTask extends LaneTask {
  /** the loss of the last answer, for a network that remembers nothing */
  readonly baseline: number
  /** the loss of the last answer below which it is remembered */
  readonly solved: number
}

const adding: LabTask = {
  name: 'adding',
  title: 'Adding',
  about: 'Two of the numbers are marked, one in each half. After the last, say their sum.',
  lag: { label: 'Time lag: length of the sequence', min: 10, max: 200, usual: 40 },
  inputs: ['number', 'mark'],
  outputs: 1,
  answer: 'number',
  baseline: addingBaseline,
  solved: 0.02,
  batches: ({ lag, batchSize, seed }) =>
    mapped(addingBatches({ batchSize, seqLength: lag, seed, dtype: 'float32' }), ({ x, y }) => ({
      x,
      y: atLast(y, lag),
      asked: atLast(new Float32Array(batchSize).fill(1), lag),
      shape: [batchSize, lag],
    })),
}

const symbolNames = ['·', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', '?']

const recall: LabTask = {
  name: 'recall',
  title: 'Recall',
  about: 'One of eight symbols is shown first. After many blanks, at the question mark, say which it was.',
  lag: { label: 'Time lag: blanks between', min: 5, max: 200, usual: 40 },
  inputs: symbolNames,
  outputs: symbolNames.length,
  answer: 'symbol',
  baseline: Math.log(8),
  solved: 0.3,
  batches: ({ lag, batchSize, seed }) =>
    mapped(copyMemoryBatches({ batchSize, delay: lag, span: 1, seed }), (batch) =>
      ofTokens(batch, symbolNames.length, (t, time) => t === time - 1),
    ),
}

const copied = 3

const copy: LabTask = {
  name: 'copy',
  title: 'Copy',
  about: `${copied} symbols are shown. After the blanks and a question mark, say all ${copied} in order.`,
  lag: { label: 'Time lag: blanks between', min: 5, max: 200, usual: 20 },
  inputs: symbolNames,
  outputs: symbolNames.length,
  answer: 'symbol',
  baseline: Math.log(8),
  solved: 0.3,
  batches: ({ lag, batchSize, seed }) =>
    mapped(copyMemoryBatches({ batchSize, delay: lag, span: copied, seed }), (batch) =>
      ofTokens(batch, symbolNames.length, (t, time) => t >= time - copied),
    ),
}

const reber: LabTask = {
  name: 'reber',
  title: 'Reber grammar',
  about:
    'Strings of the embedded Reber grammar: say which symbol comes next. The last repeats the second, T or P.',
  lag: { label: 'Time lag: symbols between', min: 7, max: 24, usual: 12 },
  inputs: [...reberSymbols],
  outputs: reberSymbols.length,
  answer: 'symbol',
  baseline: Math.log(2),
  solved: 0.15,
  batches: ({ lag, batchSize, seed }) => ({
    batchesPerEpoch: Infinity,
    batch({ epoch, batch }) {
      const random = mulberry32(deriveSeed(seed, epoch, batch))
      const time = lag + 2
      const x = new Int32Array(batchSize * time)
      const y = new Int32Array(batchSize * time)
      for (let row = 0; row < batchSize; row++) {
        // the last symbol, E, says nothing
        const tokens = reberTokens(reberOfLength(lag + 4, random)).subarray(0, time + 1)
        x.set(tokens.subarray(0, -1), row * time)
        y.set(tokens.subarray(1), row * time)
      }
      return ofTokens({ x, y, shape: [batchSize, time], fresh: true }, reberSymbols.length, () => true)
    },
  }),
}

/** A string of the embedded grammar with so many symbols: others are thrown away. */
function reberOfLength(length: number, random: () => number): string {
  for (;;) {
    const { text } = reberString(random)
    if (text.length === length) return text
  }
}

const counted = 2

const counting: LabTask = {
  name: 'counting',
  title: 'aⁿbⁿ',
  about:
    'As many b as there were a: say at each time which symbols may come next. The end shows who has counted.',
  lag: { label: 'Time lag: n, at most', min: 2, max: 40, usual: 10 },
  inputs: ['start', 'a', 'b'],
  outputs: counted + 1,
  answer: 'set',
  baseline: Math.LN2 / 2,
  solved: 0.05,
  batches: ({ lag, batchSize, seed }) => ({
    batchesPerEpoch: Infinity,
    batch({ epoch, batch }) {
      const random = mulberry32(deriveSeed(seed, epoch, batch))
      const [time, size] = [counted * lag + 1, counted + 1]
      const x = new Float32Array(batchSize * time * size)
      const y = new Float32Array(batchSize * time * size)
      const asked = new Float32Array(batchSize * time)
      for (let row = 0; row < batchSize; row++) {
        const string = countingString(counted, 1 + Math.floor(random() * lag))
        // strings end together, so that the last answer of every row is the one that counts
        const from = row * time + time - string.x.length
        string.x.forEach((symbol, t) => {
          x[(from + t) * size + symbol] = 1
          y.set(string.y[t]!, (from + t) * size)
          asked[from + t] = 1
        })
      }
      return { x, y, asked, shape: [batchSize, time] }
    },
  }),
}

/** The tasks by name. */
export const labTasks: Readonly<Record<string, LabTask>> = { adding, recall, copy, reber, counting }

function mapped<From>(source: BatchSource<From>, f: (batch: From) => LaneBatch): BatchSource<LaneBatch> {
  return {
    batchesPerEpoch: source.batchesPerEpoch,
    batch: (cursor) => f(source.batch(cursor) as From),
  }
}

/** One number a row, at its last time. */
function atLast(values: Float32Array, time: number): Float32Array {
  const all = new Float32Array(values.length * time)
  values.forEach((value, row) => (all[row * time + time - 1] = value))
  return all
}

function ofTokens(
  { x: tokens, y: targets, shape }: Pick<TokenBatch, 'x' | 'y' | 'shape' | 'fresh'>,
  symbols: number,
  isAsked: (t: number, time: number) => boolean,
): LaneBatch {
  const [, time] = shape
  const x = new Float32Array(tokens.length * symbols)
  tokens.forEach((token, i) => (x[i * symbols + token] = 1))
  return {
    x,
    y: Float32Array.from(targets),
    asked: Float32Array.from(targets, (_, i) => (isAsked(i % time, time) ? 1 : 0)),
    shape,
  }
}
