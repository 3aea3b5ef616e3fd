import { expect, test } from 'vitest'
import { chart } from './chart.js'
import { styleFor } from './output.js'

const options = { columns: 16, rows: 3, style: styleFor(false), format: (value: number) => value.toFixed(0) }

test('curves go from left to right, the largest value on top, and are told apart without colours', () => {
  const falling = {
    name: 'lstm',
    points: [
      [0, 4],
      [1, 2],
      [2, 0],
    ],
  } as const
  const flat = {
    name: 'rnn',
    points: [
      [0, 2],
      [2, 2],
    ],
  } as const
  expect(chart([falling, flat], options)).toEqual([
    '4 ┤●',
    '2 ┤▲     ●     ▲',
    '0 ┤            ●',
    '  └─────────────',
    '● lstm   ▲ rnn',
  ])
})

test('what is not finite is left out, and nothing is no chart', () => {
  expect(
    chart(
      [
        {
          name: 'a',
          points: [
            [0, NaN],
            [1, Infinity],
          ],
        },
      ],
      options,
    ),
  ).toEqual([])
  expect(
    chart(
      [
        {
          name: 'a',
          points: [
            [0, NaN],
            [1, 3],
          ],
        },
      ],
      options,
    ).join(''),
  ).not.toContain('NaN')
})

test('a chart is never wider than it may be', () => {
  const points = Array.from({ length: 500 }, (_, i) => [i, Math.sin(i)] as const)
  for (const columns of [20, 40, 80]) {
    const lines = chart([{ name: 'a', points }], { ...options, columns })
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
  }
})
