import { expect, test } from 'vitest'
import { timesAfter } from './times-after.js'

test('what comes after months are months, after days days', () => {
  const day = 24 * 60 * 60_000
  const at = (...dates: string[]) => Float64Array.from(dates, (date) => Date.parse(date))
  expect(timesAfter(at('2023-11-01', '2023-12-01'), 30 * day, 3)).toEqual(['2024-01', '2024-02', '2024-03'])
  expect(timesAfter(at('2024-02-27', '2024-02-28'), day, 2)).toEqual(['2024-02-29', '2024-03-01'])
  expect(timesAfter(at('2024-01-01T00:00Z', '2024-01-01T06:00Z'), day / 4, 1)).toEqual([
    '2024-01-01T12:00:00.000Z',
  ])
})
