import { reberGrammar, reberSymbols } from '@tapeloop/data'
import { node, type Automaton, type Place } from './automaton.js'
import { shareRight } from './measures.js'
import { walk } from './strings.js'
import { taskOf, whatMayCome, type SequenceTask, type Words } from './task.js'

/** Where the states of Reber's grammar are drawn, as everybody draws them. */
const reberPlaces: readonly Place[] = [
  [0, 1.5],
  [1.4, 0],
  [1.4, 3],
  [3.2, 0],
  [3.2, 3],
  [4.6, 1.5],
]

/** The states and edges of Reber's grammar, the first of which is to have the number `first`; E leads to `end`. */
function reberPart(first: number, [x, y]: Place, end: number, isHollow = false): Automaton {
  return {
    nodes: reberPlaces.map(([left, top], state) =>
      node(String(state + 1), state, [x + left, y + top], isHollow),
    ),
    edges: reberGrammar.flatMap((next, state) =>
      Object.entries(next).map(([symbol, to]) => ({
        from: first + state,
        to: to < reberPlaces.length ? first + to : end,
        symbol,
      })),
    ),
  }
}

/** Reber's grammar (Reber 1967): a start, six states and an end. */
const reberAutomaton: Automaton = (() => {
  const [first, end] = [1, 1 + reberPlaces.length]
  const part = reberPart(first, [1.4, 0], end)
  return {
    nodes: [node('', null, [0, 1.5]), ...part.nodes, node('', null, [7.6, 1.5])],
    edges: [{ from: 0, to: first, symbol: 'B' }, ...part.edges],
  }
})()

/** The embedded grammar (Fahlman 1991): the grammar twice, and what came before it must be said again after it. */
const embeddedReberAutomaton: Automaton = (() => {
  const part = 2 + reberPlaces.length
  const [start, fork, upper, lower] = [0, 1, 2, 2 + part]
  const [join, end] = [lower + part, lower + part + 1]
  const branch = (first: number, y: number, symbol: string, isHollow: boolean): Automaton => {
    const { nodes, edges } = reberPart(first + 1, [3.9, y], first + part - 1, isHollow)
    return {
      nodes: [node('', null, [2.6, y + 1.5]), ...nodes, node('', null, [9.9, y + 1.5])],
      edges: [
        { from: fork, to: first, symbol },
        { from: first, to: first + 1, symbol: 'B' },
        ...edges,
        { from: first + part - 1, to: join, symbol },
      ],
    }
  }
  const [above, below] = [branch(upper, 0, 'T', false), branch(lower, 5, 'P', true)]
  return {
    nodes: [
      node('', null, [0, 4]),
      node('', null, [1.3, 4]),
      ...above.nodes,
      ...below.nodes,
      node('', null, [11.2, 4]),
      node('', null, [12.5, 4]),
    ],
    edges: [
      { from: start, to: fork, symbol: 'B' },
      ...above.edges,
      ...below.edges,
      { from: join, to: end, symbol: 'E' },
    ],
  }
})()

/** Reber's grammar, plain or embedded. */
function reberTask(task: Words & Pick<SequenceTask, 'probe'>, automaton: Automaton): SequenceTask {
  const symbols = [...reberSymbols]
  return taskOf(
    {
      ...task,
      inputs: symbols,
      symbols,
      answer: 'symbol',
      asks: whatMayCome,
      measure: shareRight,
      automaton: () => automaton,
    },
    (lag) => lag - 1,
    (lag, random) => {
      const way = walk(automaton, symbols, lag, random)
      // the embedded grammar must remember its second symbol until it comes again
      const probed = way.read.map((_, t) =>
        task.probe === null || t === 0 || t === way.read.length - 1 ? null : way.read[1] === 'T' ? 1 : -1,
      )
      return { ...way, probed }
    },
  )
}

/** Reber's grammar. */
export const reber = reberTask(
  {
    name: 'reber',
    title: 'Reber grammar',
    about:
      'Strings of Reber’s grammar: say which symbols may come next. The symbol alone does not tell; the state does.',
    look: 'Six states of the grammar: a network that has found them keeps its own in six heaps.',
    lag: { label: 'Longest string', min: 8, max: 40, usual: 20 },
    usual: { units: 12, steps: 400, learningRate: 0.01 },
    probe: null,
  },
  reberAutomaton,
)

/** Reber's grammar, embedded. */
export const embeddedReber = reberTask(
  {
    name: 'embedded-reber',
    title: 'Embedded Reber grammar',
    about:
      'The same grammar between two T or two P: the last but one symbol repeats the second, whatever lies between.',
    look: 'Filled after T, hollow after P. Only a network that remembers which it was keeps the two apart until the end.',
    lag: { label: 'Longest string', min: 12, max: 40, usual: 20 },
    usual: { units: 16, steps: 1200, learningRate: 0.02 },
    probe: 'T or P',
  },
  embeddedReberAutomaton,
)
