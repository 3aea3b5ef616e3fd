import { node, type Automaton } from './automaton.js'
import { shareRight } from './measures.js'
import { oneOf } from './strings.js'
import { taskOf } from './task.js'

/** Whether the number of ones so far is even or odd. */
const parityAutomaton: Automaton = {
  nodes: [node('even', 0, [0, 0]), node('odd', 1, [3, 0])],
  edges: [
    { from: 0, to: 0, symbol: '0' },
    { from: 0, to: 1, symbol: '1' },
    { from: 1, to: 0, symbol: '1' },
    { from: 1, to: 1, symbol: '0' },
  ],
}

const parityNames = parityAutomaton.nodes.map(({ label }) => label)

/** Whether the ones so far are even or odd. */
export const parity = taskOf(
  {
    name: 'parity',
    title: 'Parity',
    about:
      'After every bit, say whether the ones so far are even or odd. A single bit turns everything over.',
    look: 'Two states, and every 1 jumps to the other.',
    lag: { label: 'Length of the sequence', min: 4, max: 60, usual: 12 },
    usual: { units: 8, steps: 800, learningRate: 0.02 },
    inputs: ['0', '1'],
    symbols: parityNames,
    answer: 'symbol',
    asks: { question: 'Even or odd, and how likely each is said to be', right: 'is right' },
    measure: shareRight,
    probe: 'even or odd',
    automaton: () => parityAutomaton,
  },
  (lag) => lag,
  (lag, random) => {
    const bits = Array.from({ length: lag }, () => (random() < 0.5 ? 0 : 1))
    const odd = bits.map((_, t) => bits.slice(0, t + 1).filter((bit) => bit === 1).length % 2)
    return {
      read: bits.map(String),
      x: bits.map((bit) => (bit === 0 ? [1, 0] : [0, 1])),
      right: odd.map((state) => oneOf(parityNames, [parityNames[state]!])),
      y: odd,
      asked: bits.map(() => true),
      nodes: odd,
      probed: odd,
    }
  },
)
