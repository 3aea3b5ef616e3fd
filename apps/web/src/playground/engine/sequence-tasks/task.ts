import { deriveSeed, mulberry32 } from '@tapeloop/data'
import type { LaneBatch, LaneTask } from '../lanes/task.js'
import type { Automaton } from './automaton.js'
import type { Measure } from './measures.js'
import type { TaskString } from './strings.js'

/** A task whose states are known: an automaton says what is right. */
export interface SequenceTask extends LaneTask {
  /** names of the outputs, as they are shown */
  readonly symbols: readonly string[]
  /** what is said after each time, and what is written beside what is right */
  readonly asks: { readonly question: string; readonly right: string }
  readonly measure: Measure
  /** what should be remembered, where that is a number or one of two */
  readonly probe: string | null
  /** whether its states are numbers, and drawn as such */
  readonly isCounted: boolean
  /** what its picture of states shows, in a sentence */
  readonly look: string
  /** The machine behind strings of a lag. */
  automaton(lag: number): Automaton
  /** The strings that are looked into. */
  strings(lag: number): TestStrings
}

/** Strings on which a network is measured, and those of them that are drawn, which come first. */
interface TestStrings {
  readonly tests: readonly TaskString[]
  readonly drawn: readonly TaskString[]
}

/** Strings of tests are of this seed, which no training has. */
const testSeed = 2 ** 31
const [testCount, drawnCount] = [64, 32]

/** Strings as a batch, as long as the longest may be; what is behind their ends is not asked for. */
export function batchOf(strings: readonly TaskString[], time: number): LaneBatch {
  const [inputs, outputs] = [
    strings[0]!.x[0]!.length,
    Array.isArray(strings[0]!.y[0]) ? strings[0]!.y[0].length : 1,
  ]
  const x = new Float32Array(strings.length * time * inputs)
  const y = new Float32Array(strings.length * time * outputs)
  const asked = new Float32Array(strings.length * time)
  strings.forEach((string, row) =>
    string.x.forEach((features, t) => {
      const at = row * time + t
      x.set(features, at * inputs)
      y.set([string.y[t]!].flat(), at * outputs)
      asked[at] = string.asked[t] ? 1 : 0
    }),
  )
  return { x, y, asked, shape: [strings.length, time] }
}

/** A task by the way its strings are drawn. */
export function taskOf(
  task: Omit<SequenceTask, 'batches' | 'strings' | 'outputs' | 'isCounted'> &
    Partial<Pick<SequenceTask, 'strings' | 'isCounted'>>,
  /** how many times a string of a lag has at most */
  timeOf: (lag: number) => number,
  draw: (lag: number, random: () => number) => TaskString,
): SequenceTask {
  const draws = (count: number, lag: number, seed: number) => {
    const random = mulberry32(seed)
    return Array.from({ length: count }, () => draw(lag, random))
  }
  return {
    strings(lag) {
      const tests = draws(testCount, lag, testSeed)
      return { tests, drawn: tests.slice(0, drawnCount) }
    },
    isCounted: false,
    ...task,
    outputs: task.symbols.length,
    batches: ({ lag, batchSize, seed }) => ({
      batchesPerEpoch: Infinity,
      batch: ({ epoch, batch }) =>
        batchOf(draws(batchSize, lag, deriveSeed(seed, epoch, batch)), timeOf(lag)),
    }),
  }
}

/** What grammars are asked. */
export const whatMayCome: SequenceTask['asks'] = {
  question: 'What may come next, and how likely it is said to be',
  right: 'may come',
}

/** What a kind of task leaves to each of them. */
export type Words = Pick<SequenceTask, 'name' | 'title' | 'about' | 'look' | 'lag' | 'usual'>
