import { setDefaultBackend } from '@tapeloop/core'
import { mulberry32, reberString } from '@tapeloop/data'
import { wasm } from '@tapeloop/backend-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { startLanes } from '../lanes/lanes.js'
import { sequenceAddress } from './address.js'
import { isRight } from './measures.js'
import type { SequenceObservation } from './observe.js'
import { sequenceSubject } from './sequence-tasks.js'
import type { SequenceTask } from './task.js'
import { sequenceTasks } from './tasks.js'

beforeAll(async () => setDefaultBackend(await wasm()))

const tasks = Object.values(sequenceTasks).map((task) => [task.title, task] as const)

describe.each(tasks)('%s', (_, task) => {
  const lag = task.lag.min
  const automaton = task.automaton(lag)
  const { tests, drawn } = task.strings(lag)

  test('walks along the edges of its automaton, and asks for what is right', () => {
    const isEdge = (from: number, to: number) =>
      from === to || automaton.edges.some((edge) => edge.from === from && edge.to === to)
    for (const { read, x, right, y, asked, nodes, probed } of drawn) {
      for (const times of [x, right, y, asked, nodes, probed]) expect(times).toHaveLength(read.length)
      expect(nodes.slice(1).every((node, t) => isEdge(nodes[t]!, node))).toBe(true)
      // a symbol that comes may come
      expect(task.answer !== 'symbol' || y.every((symbol, t) => right[t]![symbol as number] === 1)).toBe(true)
    }
  })

  test('measures who knows it and who does not', () => {
    const { measure } = task
    const knowing = tests.map(({ right }) => right)
    expect(measure.isSolved(measure.of(tests, knowing), lag)).toBe(true)
    const ignorant = tests.map(({ right }) => right.map((now) => now.map(() => 0.4)))
    expect(measure.isSolved(measure.of(tests, ignorant), lag)).toBe(false)
  })

  test('makes batches of one shape, in which nothing is asked behind an end', async () => {
    const { x, asked, shape } = await task
      .batches({ lag, batchSize: 3, seed: 1 })
      .batch({ epoch: 0, batch: 5 })
    expect(x).toHaveLength(shape[0] * shape[1] * task.inputs.length)
    const isThere = (place: number) =>
      x.subarray(place * task.inputs.length, (place + 1) * task.inputs.length).some((value) => value !== 0)
    expect([...asked.keys()].filter((place) => asked[place] === 1 && !isThere(place))).toEqual([])
    expect(asked.filter((is) => is === 1).length).toBeGreaterThanOrEqual(3)
  })
})

test('the embedded automaton accepts what the package draws, and knows what may follow', () => {
  const { edges } = sequenceTasks['embedded-reber']!.automaton(20)
  const random = mulberry32(5)
  for (let i = 0; i < 200; i++) {
    const { text, successors } = reberString(random)
    let at = 0
    const may: string[] = []
    for (const symbol of text) {
      const next = edges.filter(({ from }) => from === at)
      may.push(next.map(({ symbol }) => symbol).join(''))
      at = next.find((edge) => edge.symbol === symbol)!.to
    }
    expect(may).toEqual(['B', ...successors])
  }
})

test('only what is likelier than all that is wrong is right', () => {
  expect(isRight([1, 0, 1], [0.4, 0.2, 0.3])).toBe(true)
  expect(isRight([1, 0, 1], [0.4, 0.3, 0.3])).toBe(false)
  expect(isRight([1, 1], [0, 0])).toBe(true)
})

/** What a session observes of its only lane. */
async function trained(query: string): Promise<readonly SequenceObservation[]> {
  const seen: SequenceObservation[] = []
  await new Promise<void>((resolve, reject) => {
    const lanes = startLanes({
      setup: sequenceAddress.parse(query),
      subjectOf: sequenceSubject,
      emit(event) {
        if (event.type === 'observation') seen.push(event.observation)
        if (event.type === 'failed') reject(new Error(event.message))
        if (event.type === 'idle') {
          lanes.stop()
          resolve()
        }
      },
    })
  })
  return seen
}

test.each([
  ['task=reber&cells=lstm&lag=10&steps=150&learningRate=0.02', 1],
  ['task=counting&cells=lstm&lag=4&steps=400', 4],
  ['task=parity&cells=gru&lag=6&steps=250', 1],
])('a network learns, and its states come apart: %s', async (query, most) => {
  const seen = await trained(query)
  const [first, last] = [seen[0]!, seen.at(-1)!]
  expect(first.measure).toBeLessThan(0.5)
  expect(last.measure).toBeGreaterThanOrEqual(most)
  const task: SequenceTask = sequenceTasks[new URLSearchParams(query).get('task')!]!
  const { drawn } = task.strings(sequenceAddress.parse(query).lag)
  const times = drawn.reduce((sum, { x }) => sum + x.length, 0)
  for (const { spread, probe } of Object.values(last.planes)) {
    expect(spread.points).toHaveLength(2 * times)
    expect(probe === null).toBe(task.probe === null)
    expect(probe?.explained ?? 1).toBeGreaterThan(0.5)
  }
  expect(last.said).toHaveLength(times * task.outputs)
})
