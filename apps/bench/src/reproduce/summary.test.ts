import { expect, test } from 'vitest'
import type { Measure, PassLine } from './experiment.js'
import { reproductions } from './experiments/index.js'
import { spreadOf, verdictsOf } from './summary.js'

const less: Measure = { key: 'nats', title: 'nats', better: 'less', digits: 3 }
const more: Measure = { key: 'right', title: 'right', better: 'more', digits: 0 }

test('the spread goes from the best to the worst, and what never came is the worst', () => {
  const spread = (measure: Measure, values: readonly (number | null)[]) =>
    spreadOf(
      measure,
      values.map((value) => ({ [measure.key]: value })),
    )
  expect(spread(less, [10, 9, 100])).toEqual({ best: 9, median: 10, worst: 100 })
  expect(spread(more, [10, 9, 100])).toEqual({ best: 100, median: 10, worst: 9 })
  expect(spread(less, [null, 5, 4])).toEqual({ best: 4, median: 5, worst: null })
  expect(spread(more, [null, 5, null])).toEqual({ best: 5, median: null, worst: null })
  expect(spreadOf(less, [{}, { nats: 1 }, { nats: 2 }])).toEqual({ best: 1, median: 2, worst: null })
})

test('a pass line asks the median of its cell, or of the best cell', () => {
  const experiment = (line: PassLine) => ({
    ...reproductions['reber']!.full,
    measures: [less, more],
    passLines: [line],
  })
  const results = [
    { cell: 'a', parameters: 1, rate: 0.1, scores: [{ nats: 2, right: 98 }] },
    { cell: 'b', parameters: 1, rate: 0.1, scores: [{ nats: 3, right: 99 }] },
    { cell: 'c', parameters: 1, rate: 0.1, scores: [{}] },
  ]
  const ask = (line: PassLine) => {
    const [{ cell, found, isMet } = { cell: '', found: 0, isMet: false }] = verdictsOf(
      experiment(line),
      results,
    )
    return [cell, found, isMet]
  }
  const best = 'the best cell'
  expect(ask({ of: 'a', measure: 'nats', side: 'at most', bound: 2 })).toEqual(['a', 2, true])
  expect(ask({ of: 'a', measure: 'nats', side: 'below', bound: 2 })).toEqual(['a', 2, false])
  expect(ask({ of: 'b', measure: 'nats', side: 'at least', bound: 3 })).toEqual(['b', 3, true])
  expect(ask({ of: 'c', measure: 'nats', side: 'at least', bound: 0 })).toEqual(['c', null, false])
  expect(ask({ of: best, measure: 'right', side: 'at least', bound: 99 })).toEqual(['b', 99, true])
  expect(ask({ of: best, measure: 'nats', side: 'at most', bound: 2 })).toEqual(['a', 2, true])
  expect(() => ask({ of: 'd', measure: 'nats', side: 'at most', bound: 2 })).toThrow('d takes no part')
})

test('every pass line and every learning rate is chosen by something that is measured', () => {
  for (const { full, quick } of Object.values(reproductions)) {
    for (const { passLines, measures, contenders } of [full, quick]) {
      const names = ['the best cell', ...contenders.map(({ name }) => name)]
      for (const { of, measure } of passLines) {
        expect(names).toContain(of)
        expect(measures.map(({ key }) => key)).toContain(measure)
      }
    }
  }
})
