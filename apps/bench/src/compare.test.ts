import { expect, test } from 'vitest'
import { pretender } from '../fixtures/pretender.js'
import type { Benchmark, Opponent } from './benchmarks/benchmark.js'
import { compare, type Contest } from './compare.js'

const said: string[] = []
const contest = (more: Partial<Contest> = {}): Contest => ({
  levels: ['portable'],
  isWanted: () => true,
  participants: {
    ours: (level) => pretender(`ours ${level}`, level === 'wide' ? 1 : 2),
    peer: (name) => (name === 'tfjs' ? null : pretender(name, 8)),
  },
  say: (sentence) => said.push(sentence),
  rounds: 1,
  seconds: 0.01,
  ...more,
})
const benchmark = (opponents: readonly Opponent[]): Benchmark => ({
  name: 'step',
  title: '',
  workload: 'step',
  measures: ['time'],
  axes: {},
  vary: 'together',
  opponents: () => opponents,
})
const rows = async (opponents: readonly Opponent[], more?: Partial<Contest>) =>
  (await compare(benchmark(opponents), { hidden: 8 }, contest(more))).map(({ row }) => row)

test('a row for each opponent, with the ratio of the medians', async () => {
  expect(
    await rows([
      { peer: 'pytorch', case: { hidden: 8 } },
      { peer: 'tapeloop', case: { hidden: 4 }, row: { against: 'less' }, scale: 3 },
    ]),
  ).toEqual([
    {
      benchmark: 'step',
      case: { hidden: 8 },
      level: 'portable',
      ours: 2,
      peer: 'pytorch',
      theirs: 8,
      ratio: 4,
    },
    {
      benchmark: 'step',
      case: { hidden: 8, against: 'less' },
      level: 'portable',
      ours: 2,
      peer: 'tapeloop',
      theirs: 6,
      ratio: 3,
    },
  ])
  expect(said).toContain('pytorch: pytorch 1.0')
})

test('a peer runs once for all levels, and each level is its own opponent', async () => {
  const opponents = [
    { peer: 'pytorch', case: { hidden: 8 } },
    { peer: 'peak', case: { hidden: 8 } },
  ] as const
  const found = await rows(opponents, { levels: ['portable', 'wide'] })
  expect(found.map(({ level, peer, ours, theirs }) => [level, peer, ours, theirs])).toEqual([
    ['portable', 'pytorch', 2, 8],
    ['portable', 'peak', 2, 2],
    ['wide', 'pytorch', 1, 8],
    ['wide', 'peak', 1, 1],
  ])
})

test('who is unwanted, not there or unable leaves a row of ours alone', async () => {
  const alone = [
    {
      benchmark: 'step',
      case: { hidden: 8 },
      level: 'portable',
      ours: 2,
      peer: null,
      theirs: null,
      ratio: null,
    },
  ]
  expect(await rows([{ peer: 'pytorch', case: {} }], { isWanted: () => false })).toEqual(alone)
  expect(await rows([{ peer: 'tfjs', case: {} }])).toEqual(alone)
  expect(await rows([{ peer: 'pytorch', case: { refuse: 1 } }])).toEqual(alone)
  expect(said).toContain('pytorch did not run 1: not for me')
})

test('a step whose loss does not fall is no result', async () => {
  const participants = {
    ours: () => pretender('ours', 2),
    peer: () => pretender('lazy', 1, { results: [4, 4] }),
  }
  const found = await rows([{ peer: 'pytorch', case: { hidden: 8 } }], { participants })
  expect(found).toMatchObject([{ ours: 2, peer: null }])
  expect(said).toContain('pytorch did not run 8: its loss went from 4 to 4')
})
