import { flatten, randomKey, setDefaultBackend, type Tensor } from '@tapeloop/core'
import { wasm } from '@tapeloop/backend-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../history.js'
import { startLanes, type LaneEvent, type Lanes, type LanesOptions } from '../lanes/lanes.js'
import { registry } from '../registry.js'
import { laneModel } from '../lanes/model.js'
import { wholeState, type Observation } from './observe.js'
import type { Setup } from '../lanes/setup.js'
import { labSubject, type LabFacts } from './lab.js'
import { labTasks } from './tasks.js'

beforeAll(async () => setDefaultBackend(await wasm()))

const setup: Setup = {
  task: 'adding',
  lag: 10,
  cells: ['rnn', 'lstm'],
  units: 6,
  start: 'cell',
  optimizer: 'adam',
  learningRate: 0.01,
  clip: 1,
  batchSize: 8,
  seed: 1,
  steps: 12,
  branches: [],
}

/** Runs a session until nothing goes on. */
function session(options: Omit<LanesOptions<LabFacts, Observation>, 'emit' | 'subjectOf'>) {
  const events: LaneEvent<LabFacts, Observation>[] = []
  let lab: Lanes | undefined
  const idle = new Promise<void>((resolve, reject) => {
    lab = startLanes({
      subjectOf: labSubject,
      ...options,
      emit(event) {
        events.push(event)
        if (event.type === 'idle') resolve()
        if (event.type === 'failed') reject(new Error(event.message))
      },
    })
  })
  const lossesOf = (lane: string) =>
    events.flatMap((event) => (event.type === 'progress' && event.lane === lane ? event.losses : []))
  const observationsOf = (lane: string) =>
    events.flatMap((event): Observation[] =>
      event.type === 'observation' && event.lane === lane ? [event.observation] : [],
    )
  return { lab: lab!, idle, events, lossesOf, observationsOf }
}

describe('a session', () => {
  test('trains its cells in step, and looks into them from the start on', async () => {
    const { idle, events, lossesOf, observationsOf, lab } = session({ setup })
    await idle
    expect([lossesOf('rnn').length, lossesOf('lstm').length]).toEqual([12, 12])
    const order = events.flatMap((event) => (event.type === 'progress' ? [event.step] : []))
    expect(order.every((step, i) => i === 0 || step - order[i - 1]! <= 1)).toBe(true)
    const seen = observationsOf('lstm')
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 13 }, (_, i) => i))
    const { flow, states, gates, saturation, spectrum, space } = seen[0]!
    expect(Object.keys(flow)).toEqual(['h', 'c', wholeState])
    expect(flow['h']).toHaveLength(10)
    expect(flow['h']!.every((value) => value > 0)).toBe(true)
    expect(states['c']).toMatchObject({ time: 10, units: 6 })
    expect(Object.keys(gates)).toEqual(['o', 'f', 'i'])
    expect(saturation['f']!.open).toHaveLength(6)
    expect(spectrum!.real).toHaveLength(12)
    expect(space!.points).toHaveLength(16 * 10 * 2)
    expect(space!.explained).toBeGreaterThan(0.3)
    const lane = events.find((event) => event.type === 'lane')!
    // two of the numbers of every row are marked
    expect(lane.facts.inputs.filter((input) => input === 1)).toHaveLength(16 * 2)
    expect(events.filter(({ type }) => type === 'ended')).toHaveLength(2)
    lab.stop()
  })

  test('leaves a training at a step, to the same numbers where nothing is changed', async () => {
    const { learningRate, clip, lag } = setup
    const branches = [
      { from: 'rnn', step: 6, learningRate, clip, lag },
      { from: 'rnn', step: 6, learningRate: 0.1, clip, lag },
    ]
    const { idle, lossesOf, lab } = session({ setup: { ...setup, cells: ['rnn'], branches } })
    await idle
    lab.stop()
    const rest = lossesOf('rnn').slice(6)
    expect(lossesOf('rnn-1')).toEqual(rest)
    expect(lossesOf('rnn-2')).toHaveLength(6)
    expect(lossesOf('rnn-2').at(-1)).not.toBe(rest.at(-1))
  })

  test('goes on from the snapshots of a session before, to the same numbers', async () => {
    const whole = session({ setup })
    await whole.idle
    whole.lab.stop()
    const half = session({ setup: { ...setup, steps: 5 } })
    await half.idle
    const resumed: Record<string, Snapshot> = half.lab.snapshots()
    half.lab.stop()
    const rest = session({ setup, resumed })
    await rest.idle
    rest.lab.stop()
    for (const lane of ['rnn', 'lstm']) {
      expect([...half.lossesOf(lane), ...rest.lossesOf(lane)]).toEqual(whole.lossesOf(lane))
    }
  })

  test('says why a training failed, and goes on with the others', async () => {
    const wild = { ...setup, cells: ['irnn', 'lstm'], optimizer: 'sgd', learningRate: 1e30, clip: 0 }
    const { idle, events, lab } = session({ setup: wild })
    await idle
    lab.stop()
    const ends = events.filter((event) => event.type === 'ended')
    expect(ends.map(({ lane }) => lane).toSorted()).toEqual(['irnn', 'lstm'])
    expect(ends.find(({ lane }) => lane === 'irnn')!.message).toMatch(/not finite: \w+ gives /)
  })

  test('waits while it is paused, and makes single steps', async () => {
    const { lab, idle, lossesOf } = session({ setup: { ...setup, cells: ['rnn'] } })
    lab.pause()
    await new Promise((resolve) => setTimeout(resolve, 300))
    const before = lossesOf('rnn').length
    expect(before).toBeLessThanOrEqual(1)
    lab.step()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(lossesOf('rnn')).toHaveLength(before + 1)
    lab.resume()
    await idle
    expect(lossesOf('rnn')).toHaveLength(12)
    lab.stop()
  })
})

describe.each(Object.values(labTasks))('$name', (task) => {
  const { lag } = task
  const batch = async (length: number) =>
    await task.batches({ lag: length, batchSize: 4, seed: 3 }).batch({ epoch: 0, batch: 0 })

  test('asks at the last time of every row, whatever the lag', async () => {
    for (const length of [lag.min, lag.usual]) {
      const { x, y, asked, shape } = await batch(length)
      const [rows, time] = shape
      expect(x).toHaveLength(rows * time * task.inputs.length)
      expect(y).toHaveLength(rows * time * (task.answer === 'set' ? task.outputs : 1))
      for (let row = 0; row < rows; row++) expect(asked[row * time + time - 1]).toBe(1)
    }
  })

  test('is the same for the same seed', async () => {
    expect(await batch(lag.min)).toEqual(await batch(lag.min))
  })

  test('counts the parameters that its model has', async () => {
    const model = laneModel(task, { cell: registry['gru']!, units: 5 })
    const { leaves } = flatten(model.init(randomKey(0)))
    expect(model.parameters).toBe(leaves.reduce((sum, { size }) => sum + size, 0))
  })
})

test('recurrent weights may begin as most libraries have them', async () => {
  const model = laneModel(labTasks['recall']!, { cell: registry['rnn']!, units: 16, start: 'uniform' })
  const { recurrentKernel } = model.init(randomKey(0)).recurrent
  const values = [...(recurrentKernel as Tensor).dataSync()]
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25)
})
