import { expect, test } from 'vitest'
import { gridSize, suggest, type Scored, type Search } from './search.js'
import { parseSpace, type Values } from './space.js'

const space = parseSpace(['lr=1e-5..1', 'hidden=8..256', 'cell=rnn,lstm,gru'])

/** A landscape with one best place: lr 0.01, hidden 200, gru. */
function landscape({ lr, hidden, cell }: Values): number {
  return Math.log10(Number(lr) / 0.01) ** 2 + ((Number(hidden) - 200) / 100) ** 2 + (cell === 'gru' ? 0 : 1)
}

function bestOf(search: Search, seed: number, trials: number): number {
  const history: Scored[] = []
  for (let trial = 0; trial < trials; trial++) {
    const values = suggest(search, space, { trial, seed, history })
    history.push({ values, score: landscape(values) })
  }
  return Math.min(...history.map(({ score }) => score))
}

test('the estimator of good places finds better ones than chance', () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed)
  const median = (search: Search) =>
    seeds.map((seed) => bestOf(search, seed, 40)).toSorted((a, b) => a - b)[10]!
  expect(median('tpe')).toBeLessThan(median('random') / 2)
})

test('random trials follow from seed and number, whatever came before', () => {
  const history = [{ values: { lr: '1', hidden: '8', cell: 'rnn' }, score: 1 }]
  const of = (trial: number, seed: number, before: readonly Scored[]) =>
    suggest('random', space, { trial, seed, history: before })
  expect(of(3, 1, [])).toEqual(of(3, 1, history))
  expect(of(3, 1, [])).not.toEqual(of(4, 1, []))
  expect(of(3, 1, [])).not.toEqual(of(3, 2, []))
})

test('trials that broke off teach where not to go', () => {
  const history = Array.from({ length: 30 }, (_, trial) => {
    const values = suggest('random', space, { trial, seed: 1, history: [] })
    return { values, score: values['cell'] === 'rnn' ? NaN : landscape(values) }
  })
  const cells = Array.from(
    { length: 20 },
    (_, i) => suggest('tpe', space, { trial: 30 + i, seed: 1, history })['cell'],
  )
  expect(cells.filter((cell) => cell === 'rnn').length).toBeLessThan(4)
})

test('a grid tries everything once', () => {
  const cells = parseSpace(['cell=rnn,gru', 'hidden=1..3'])
  expect(gridSize(cells)).toBe(6)
  const all = Array.from({ length: 6 }, (_, trial) => suggest('grid', cells, { trial, seed: 1, history: [] }))
  expect(new Set(all.map((values) => JSON.stringify(values))).size).toBe(6)
  expect(all[0]).toEqual({ cell: 'rnn', hidden: '1' })
  expect(all[1]).toEqual({ cell: 'rnn', hidden: '2' })
})
