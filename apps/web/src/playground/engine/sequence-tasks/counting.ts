import { countingString } from '@tapeloop/data'
import { node, type Automaton, type Edge } from './automaton.js'
import { longestExact } from './measures.js'
import { oneOf, type TaskString } from './strings.js'
import { taskOf, whatMayCome, type SequenceTask, type Words } from './task.js'

/** Letters of counting languages, in their order. */
const letters: readonly string[] = ['a', 'b', 'c']

/** The place of a state of `countingAutomaton`: after so many a, or with so many of a later letter to come. */
const countNode = (most: number, letter: number, count: number): number =>
  letter === 0 ? count : most + 1 + (letter - 1) * most + count

/**
 * What counts up to `most`: a row for each letter. In the row of a a state says how many have come, in the others how many
 * of the letter are still to come. From no b left to the first c only that automaton finds its way who knows what it counted:
 * here are all ways, with their symbol at the first.
 */
function countingAutomaton(count: number, most: number): Automaton {
  const start = node('', null, [0, 0])
  const at = (letter: number, k: number) => countNode(most, letter, k)
  const rows = Array.from({ length: count }, (_, letter) => {
    const counts = Array.from({ length: most }, (_, i) => (letter === 0 ? i + 1 : i))
    return counts.map((k) => node(String(k), letter, [1.6 * (letter === 0 ? k : k + 1), 1.8 * letter]))
  })
  const edges = Array.from({ length: most }, (_, i): Edge[] => {
    const k = i + 1
    return [
      { from: at(0, i), to: at(0, k), symbol: 'a' },
      { from: at(0, k), to: at(1, k - 1), symbol: 'b' },
      ...(i > 0 ? [{ from: at(1, i), to: at(1, i - 1), symbol: 'b' }] : []),
      ...(count > 2 ? [{ from: at(1, 0), to: at(2, i), symbol: i === 0 ? 'c' : '' }] : []),
      ...(count > 2 && i > 0 ? [{ from: at(2, i), to: at(2, i - 1), symbol: 'c' }] : []),
    ]
  })
  return { nodes: [start, ...rows.flat()], edges: edges.flat() }
}

/** Longer strings than this many times the training's are tried. */
const stretch = 3

function countingTask(count: number, task: Words): SequenceTask {
  const names = letters.slice(0, count)
  const inputs = ['start', ...names]
  /** A string; states for longer ones than the automaton has are those of the most it counts. */
  const stringOf = (n: number, most: number): TaskString => {
    const { x, y } = countingString(count, n)
    const counts = x.map((symbol, t) => (symbol < 2 ? t : symbol * n - t))
    return {
      read: x.map((symbol) => (symbol === 0 ? '▸' : names[symbol - 1]!)),
      x: x.map((symbol) => oneOf(inputs, [inputs[symbol]!])),
      right: y,
      y,
      asked: x.map(() => true),
      nodes: x.map((symbol, t) =>
        countNode(most, Math.max(0, symbol - 1), Math.min(counts[t]!, symbol < 2 ? most : most - 1)),
      ),
      probed: counts,
    }
  }
  return taskOf(
    {
      ...task,
      inputs,
      symbols: ['end', ...names],
      answer: 'set',
      asks: whatMayCome,
      measure: longestExact,
      probe: 'the count',
      isCounted: true,
      automaton: (lag) => countingAutomaton(count, lag),
      strings(lag) {
        const tests = Array.from({ length: stretch * lag }, (_, i) => stringOf(i + 1, lag))
        return { tests, drawn: tests.slice(0, lag) }
      },
    },
    (lag) => count * lag + 1,
    (lag, random) => stringOf(1 + Math.floor(random() * lag), lag),
  )
}

/** As many b as a. */
export const counting = countingTask(2, {
  name: 'counting',
  title: 'aⁿbⁿ',
  about: 'As many b as there were a: say at each time which symbols may come next.',
  look: 'Each letter is a row of numbers: how many a have come, how many b are still to come. A network that counts lays them out in order.',
  lag: { label: 'n, at most', min: 2, max: 12, usual: 8 },
  usual: { units: 8, steps: 1000, learningRate: 0.02 },
})

/** As many b and c as a. */
export const countingThree = countingTask(3, {
  name: 'counting-three',
  title: 'aⁿbⁿcⁿ',
  about: 'As many b and as many c as there were a: no grammar without context makes such strings.',
  look: 'Counting the b down must not lose n, which is needed once more for the c.',
  lag: { label: 'n, at most', min: 2, max: 12, usual: 6 },
  usual: { units: 10, steps: 2000, learningRate: 0.02 },
})
