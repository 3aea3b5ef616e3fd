import { addingBaseline, addingBatches } from '@tapeloop/data'
import { node, type Automaton } from './automaton.js'
import { errorOf } from './measures.js'
import { taskOf } from './task.js'

/** What is known of a sum of two numbers: nothing, the half in which the first lies, or the third in which the sum lies. */
const addingAutomaton: Automaton = {
  nodes: [
    node('0', 0, [0, 1.6]),
    node('<½', 1, [2.4, 0.6]),
    node('≥½', 2, [2.4, 2.6]),
    node('low', 3, [5.2, 0]),
    node('mid', 4, [5.2, 1.6]),
    node('high', 5, [5.2, 3.2]),
  ],
  edges: [
    { from: 0, to: 1, symbol: '' },
    { from: 0, to: 2, symbol: '' },
    ...[1, 2].flatMap((from) => [3, 4, 5].map((to) => ({ from, to, symbol: '' }))),
  ],
}

/** The state of `addingAutomaton` after the marked numbers so far. */
function addingNode(marked: readonly number[]): number {
  const [first, second] = marked
  if (first === undefined) return 0
  if (second === undefined) return first < 0.5 ? 1 : 2
  const sum = first + second
  return sum < 0.75 ? 3 : sum <= 1.25 ? 4 : 5
}

/** The sum of two marked numbers. */
export const adding = taskOf(
  {
    name: 'adding',
    title: 'Adding',
    about: 'Two of the numbers are marked, one in each half. After the last, say their sum.',
    look: 'Not states but amounts: the plane should have a direction along which the sum grows.',
    lag: { label: 'Length of the sequence', min: 4, max: 60, usual: 20 },
    usual: { units: 16, steps: 800, learningRate: 0.02 },
    inputs: ['number', 'mark'],
    symbols: ['sum'],
    answer: 'number',
    asks: { question: 'The sum of the marked numbers so far, and what is said of it', right: 'is' },
    measure: errorOf(addingBaseline),
    probe: 'the sum so far',
    automaton: () => addingAutomaton,
  },
  (lag) => lag,
  (lag, random) => {
    const seed = Math.floor(random() * 2 ** 31)
    const { x } = addingBatches({ batchSize: 1, seqLength: lag, seed, dtype: 'float32' }).batch({
      epoch: 0,
      batch: 0,
    })
    const pairs = Array.from({ length: lag }, (_, t) => [x[2 * t]!, x[2 * t + 1]!] as const)
    const markedUntil = pairs.map((_, t) =>
      pairs.slice(0, t + 1).flatMap(([value, mark]) => (mark === 1 ? [value] : [])),
    )
    const sums = markedUntil.map((marked) => marked.reduce((sum, value) => sum + value, 0))
    return {
      read: pairs.map(([value, mark]) => `${value.toFixed(2).slice(1)}${mark === 1 ? '✓' : ''}`),
      x: pairs,
      right: sums.map((sum) => [sum]),
      y: sums,
      asked: pairs.map((_, t) => t === lag - 1),
      nodes: markedUntil.map(addingNode),
      probed: sums,
    }
  },
)
