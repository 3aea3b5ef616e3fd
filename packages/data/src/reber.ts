import { checkCursor, type Batches } from './batches.js'
import { checkWhole } from './check.js'
import { deriveSeed, mulberry32 } from './random.js'
import type { PaddedBatch } from './streams.js'

/** The symbols of the Reber grammars; a token is a place in here. */
export const reberSymbols = 'BTPSXVE'

/**
 * Reber's grammar without its first symbol, B, which leads to state 0: from each state the symbols that may come, and the
 * state after each. The state after the last symbol, E, is none of them.
 */
export const reberGrammar: readonly Readonly<Record<string, number>>[] = [
  { T: 1, P: 2 },
  { S: 1, X: 3 },
  { T: 2, V: 4 },
  { X: 2, S: 5 },
  { P: 3, V: 5 },
  { E: 6 },
]
const end = reberGrammar.length

/** A string of the embedded Reber grammar. */
export interface ReberString {
  readonly text: string
  /** Which symbols may come after each symbol but the last, by the grammar alone: `TP` where both may. */
  readonly successors: readonly string[]
}

/**
 * A random string of the embedded Reber grammar (Hochreiter & Schmidhuber 1997, section 5.1; the grammar is Reber's of
 * 1967): `B T … T E` or `B P … P E` around a string of Reber's grammar. Where two symbols may come, both are equally
 * likely; 7 such choices are made in a string on average. The last but one symbol repeats the second.
 */
export function reberString(random: () => number): ReberString {
  const toss = (choices: string): string => choices[Math.floor(random() * choices.length)]!
  const branch = toss('TP')
  let text = `B${branch}B`
  const successors = ['TP', 'B']
  for (let state = 0; state !== end;) {
    const next = reberGrammar[state]!
    const choices = Object.keys(next).join('')
    const symbol = toss(choices)
    successors.push(choices)
    text += symbol
    state = next[symbol]!
  }
  return { text: `${text}${branch}E`, successors: [...successors, branch, 'E'] }
}

/** The tokens of a string of `reberSymbols`. */
export function reberTokens(text: string): Int32Array {
  return Int32Array.from(text, (symbol) => reberSymbols.indexOf(symbol))
}

/** Which strings are drawn. */
export interface ReberOptions {
  readonly batchSize: number
  readonly seed: number
}

/** Rows are as long as the longest of a batch, up to the next multiple of this: few shapes serve all batches. */
const granularity = 16

/**
 * Strings of the embedded Reber grammar, each a row: the input is all but the last symbol, the target all but the first.
 * Batches are generated without end, each by its place and the seed.
 *
 * @throws when `batchSize` is no whole number from 1.
 */
export function reberBatches({ batchSize, seed }: ReberOptions): Batches<PaddedBatch> {
  checkWhole('reberBatches', 'batchSize', batchSize, 1)
  return {
    batchesPerEpoch: Infinity,
    batch(cursor) {
      checkCursor(cursor, Infinity)
      const random = mulberry32(deriveSeed(seed, cursor.epoch, cursor.batch))
      const rows = Array.from({ length: batchSize }, () => reberTokens(reberString(random).text))
      const lengths = Int32Array.from(rows, ({ length }) => length - 1)
      const seqLength = granularity * Math.ceil(Math.max(...lengths) / granularity)
      const x = new Int32Array(batchSize * seqLength)
      const y = new Int32Array(batchSize * seqLength)
      rows.forEach((tokens, row) => {
        x.set(tokens.subarray(0, -1), row * seqLength)
        y.set(tokens.subarray(1), row * seqLength)
      })
      return { x, y, shape: [batchSize, seqLength], lengths, fresh: true }
    },
  }
}

/** The cross entropy of a string, in nats, of a model that knows the grammar: 7 choices of two, 4.852. */
export const reberFloor = 7 * Math.LN2

/** The same of a model that knows all but the second symbol when it comes to the last but one: 8 choices, 5.545. */
export const reberBaseline = 8 * Math.LN2
