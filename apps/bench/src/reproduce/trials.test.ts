import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Experiment, Scores, Trial } from './experiment.js'
import { reproductions } from './experiments/index.js'
import { storeOf } from './store.js'
import { pool } from './trainers.js'
import { runTrials } from './trials.js'

let folder = ''
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'tapeloop-trials-'))))
afterEach(() => rm(folder, { recursive: true }))

const settings = { steps: 9, rates: [0.1, 0.2, 0.3], searchSteps: 4, searchSeed: 0, seeds: [1, 2] }
const experiment: Experiment = {
  ...reproductions['reber']!.quick,
  settings,
  chooseBy: 'loss',
  contenders: reproductions['reber']!.quick.contenders.slice(0, 2),
}
const lossAt: Readonly<Record<number, Scores>> = { 0.1: {}, 0.2: { loss: 1 }, 0.3: { loss: 2 } }

async function run(of: Experiment, train: (trial: Trial) => Scores = ({ rate }) => lossAt[rate]!) {
  const trained: Trial[] = []
  let kept = 0
  const results = await runTrials(
    of,
    async (trial) => {
      trained.push(trial)
      return train(trial)
    },
    storeOf(folder, of),
    (_result, isKept) => void (kept += Number(isKept)),
  )
  return { results, trained, kept }
}

test('the learning rate is chosen for each cell by a seed of its own, and the others are trained with it', async () => {
  const { results, trained } = await run(experiment)
  expect(results.map(({ cell, rate, scores }) => ({ cell, rate, scores }))).toEqual([
    { cell: 'lstm', rate: 0.2, scores: [{ loss: 1 }, { loss: 1 }] },
    { cell: 'peephole-lstm', rate: 0.2, scores: [{ loss: 1 }, { loss: 1 }] },
  ])
  // those of one kind are under way at the same time, and begin in any order
  const inOrder = (trials: readonly Trial[]) =>
    trials.toSorted((a, b) => a.steps - b.steps || a.rate - b.rate || a.seed - b.seed)
  expect(inOrder(trained.filter(({ cell }) => cell === 'lstm'))).toEqual([
    ...settings.rates.map((rate) => ({ cell: 'lstm', rate, seed: 0, steps: 4 })),
    ...settings.seeds.map((seed) => ({ cell: 'lstm', rate: 0.2, seed, steps: 9 })),
  ])
})

test('where every rate breaks down the first is taken, and a single one is not searched for', async () => {
  const broken = await run(experiment, () => ({}))
  expect(broken.results.map(({ rate }) => rate)).toEqual([0.1, 0.1])
  await rm(join(folder, experiment.name), { recursive: true })
  const single = await run({ ...experiment, settings: { ...settings, rates: [0.3] } })
  expect(single.trained.every(({ seed }) => seed > 0)).toBe(true)
})

test('what is finished is kept, and only what is missing is trained', async () => {
  const first = await run(experiment)
  expect(first).toMatchObject({ kept: 0, trained: { length: 10 } })
  await rm(join(folder, experiment.name, 'lstm-rate-0.2-seed-2-steps-9.json'))
  const second = await run(experiment)
  expect(second.results).toEqual(first.results)
  expect(second).toMatchObject({ kept: 9, trained: [{ cell: 'lstm', rate: 0.2, seed: 2, steps: 9 }] })
})

test('a run that breaks off loses the trial in progress alone', async () => {
  let count = 0
  const breaks = () => {
    if (++count > 7) throw new Error('killed')
    return { loss: 1 }
  }
  await expect(run(experiment, breaks)).rejects.toThrow('killed')
  // the others that were under way end after it
  await vi.waitFor(async () => expect(await readdir(join(folder, experiment.name))).toHaveLength(7))
  expect(await run(experiment)).toMatchObject({ kept: 7, trained: { length: 3 } })
})

test('a trial of another protocol does not count; another set of seeds is the same protocol', async () => {
  await run(experiment)
  const more = await run({ ...experiment, settings: { ...settings, seeds: [1, 2, 3] } })
  expect(more).toMatchObject({ kept: 10, trained: { length: 2 } })
  const other = { ...settings, clip: 5 }
  expect(await run({ ...experiment, settings: other })).toMatchObject({ kept: 0, trained: { length: 10 } })
})

test('a pool gives each trainer one trial at a time', async () => {
  const busy = [0, 0]
  let most = 0
  const train = pool(
    busy.map((_, i) => async ({ seed }) => {
      most = Math.max(most, ++busy[i]!)
      await new Promise((resolve) => setTimeout(resolve, 1))
      busy[i]!--
      return { seed }
    }),
  )
  const trials = Array.from({ length: 7 }, (_, seed) => ({ cell: 'lstm', rate: 1, seed, steps: 1 }))
  expect(await Promise.all(trials.map(train))).toEqual(trials.map(({ seed }) => ({ seed })))
  expect(most).toBe(1)
})
