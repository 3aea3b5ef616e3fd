import { describe, expect, test } from 'vitest'
import { benchmarks } from './benchmarks/index.js'
import { casesOf, combinations } from './cases.js'

test('the last axis changes fastest, and an axis without values is left out', () => {
  expect(combinations({ cell: ['lstm', 'gru'], batch: [], hidden: [1, 2] })).toEqual([
    { cell: 'lstm', hidden: 1 },
    { cell: 'lstm', hidden: 2 },
    { cell: 'gru', hidden: 1 },
    { cell: 'gru', hidden: 2 },
  ])
})

describe('axes varied alone', () => {
  const benchmark = {
    axes: { cell: ['lstm', 'gru'], hidden: [64, 128], threads: [1, 2], time: [] },
    vary: 'alone',
  } as const

  test('give each value once, beside the first values of the others, at every hidden size', () => {
    expect(casesOf(benchmark, {})).toEqual([
      { cell: 'lstm', hidden: 64, threads: 1 },
      { cell: 'lstm', hidden: 128, threads: 1 },
      { cell: 'gru', hidden: 64, threads: 1 },
      { cell: 'gru', hidden: 128, threads: 1 },
      { cell: 'lstm', hidden: 64, threads: 2 },
      { cell: 'lstm', hidden: 128, threads: 2 },
    ])
  })

  test('stay so where only sizes are given', () => {
    expect(casesOf(benchmark, { hidden: [8], time: [4] })).toEqual([
      { cell: 'lstm', hidden: 8, threads: 1, time: 4 },
      { cell: 'gru', hidden: 8, threads: 1, time: 4 },
      { cell: 'lstm', hidden: 8, threads: 2, time: 4 },
    ])
  })

  test('become combinations of what is given, the rest at its first value', () => {
    expect(casesOf(benchmark, { cell: ['rnn'], hidden: [8] })).toEqual([
      { cell: 'rnn', hidden: 8, threads: 1 },
    ])
    expect(casesOf(benchmark, { cell: ['rnn', 'gru'], threads: [2], hidden: [8] })).toEqual([
      { cell: 'rnn', hidden: 8, threads: 2 },
      { cell: 'gru', hidden: 8, threads: 2 },
    ])
  })
})

test('axes varied together are combined, with lists or without', () => {
  const benchmark = { axes: { time: [1, 2], head: ['inside', 'outside'] }, vary: 'together' } as const
  expect(casesOf(benchmark, {})).toHaveLength(4)
  expect(casesOf(benchmark, { head: ['last'] })).toEqual([
    { time: 1, head: 'last' },
    { time: 2, head: 'last' },
  ])
})

test('a case of step is named as its rows promise, and no case comes twice', () => {
  const cases = casesOf(benchmarks['step']!, {})
  expect(cases[1]).toEqual({ cell: 'lstm', hidden: 128, layers: 1, threads: 1, input: 'embedding' })
  expect(new Set(cases.map((each) => JSON.stringify(each))).size).toBe(cases.length)
})
