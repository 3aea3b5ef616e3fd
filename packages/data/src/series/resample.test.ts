import { expect, test } from 'vitest'
import { memorySource } from '../sources/byte-source.js'
import { inferSchema, type InferOptions } from '../tables/schema.js'
import { readTable } from '../tables/table.js'
import { resample } from './resample.js'
import { timeSteps } from './time-steps.js'

async function table(content: string, options: InferOptions = {}) {
  const source = memorySource(content, 'a.csv')
  return readTable(source, await inferSchema(source, options))
}
const times = (values: ArrayLike<number | string | null>) =>
  Array.from(values, (time) => new Date(Number(time)).toISOString().slice(0, 16))

test('numbers of an interval become one, and an interval without any is missing', async () => {
  const read = await table(
    'at,x,n,note\n2024-01-01T00:10,1,1,a\n2024-01-01T00:50,3,2,\n2024-01-01T01:00,NA,5,b\n2024-01-01T03:59,7,6,c\n',
  )
  const { rows, columns } = resample(read, { time: 'at', every: '1h', by: { n: 'sum' } })
  expect(rows).toBe(4)
  expect(times(columns[0]!.values)).toEqual([
    '2024-01-01T00:00',
    '2024-01-01T01:00',
    '2024-01-01T02:00',
    '2024-01-01T03:00',
  ])
  expect(columns.slice(1).map(({ values }) => [...values])).toEqual([
    [2, NaN, NaN, 7],
    [3, 5, NaN, 6],
    ['a', 'b', null, 'c'],
  ])
  expect(columns.map(({ type }) => type)).toEqual(['time', 'number', 'integer', 'text'])
})

test.each([
  ['min', [1, 5]],
  ['max', [3, 6]],
  ['first', [1, 5]],
  ['last', [3, 6]],
  ['mean', [2, 5.5]],
] as const)('by the %s', async (by, expected) => {
  const read = await table('at,n\n2024-01-01,1\n2024-01-01T12:00,3\n2024-01-02,5\n2024-01-02T12:00,6\n', {
    types: { at: 'time' },
  })
  expect([...resample(read, { time: 'at', every: '1d', by }).columns[1]!.values]).toEqual(expected)
})

test('days, weeks and months begin as the clocks of the zone say', async () => {
  const read = await table('at,n\n2024-03-30T23:30Z,1\n2024-03-31T21:30Z,2\n2024-03-31T22:30Z,3\n')
  const days = resample(read, { time: 'at', every: '1d', timeZone: 'Europe/Berlin' })
  // that day has 23 hours
  expect(times(days.columns[0]!.values)).toEqual(['2024-03-30T23:00', '2024-03-31T22:00'])
  expect([...days.columns[1]!.values]).toEqual([1.5, 3])
  const months = resample(read, { time: 'at', every: '1month', timeZone: 'Europe/Berlin', by: 'sum' })
  expect(times(months.columns[0]!.values)).toEqual(['2024-02-29T23:00', '2024-03-31T22:00'])
  expect([...months.columns[1]!.values]).toEqual([3, 3])
  expect(times(resample(read, { time: 'at', every: '1w' }).columns[0]!.values)).toEqual(['2024-03-25T00:00'])
  expect(times(resample(read, { time: 'at', every: '1year' }).columns[0]!.values)).toEqual([
    '2024-01-01T00:00',
  ])
})

test('what cannot be brought to regular times is refused', async () => {
  const read = await table('at,n\n2024-01-02,1\n2024-01-01,2\n')
  expect(() => resample(read, { time: 'at', every: '1d' })).toThrow(
    'resample: the time in row 1 is missing or before the one above it; sort the rows and drop those without a time.',
  )
  expect(() => resample(read, { time: 'n', every: '1d' })).toThrow(
    'resample: the column "n" has no times, it is of type integer.',
  )
  expect(() => resample(read, { time: 'at', every: 'day' })).toThrow(
    'resample: every must be a whole number and s, min, h, d, w, month or year, such as 15min, but it is "day".',
  )
  const far = await table('at,n\n1900-01-01,1\n2024-01-01,2\n')
  expect(() => resample(far, { time: 'at', every: '1s' })).toThrow(
    'resample: every 1s makes 3913056001 rows, more than the 16777216 allowed; take longer intervals.',
  )
})

test('steps between irregular times', () => {
  const hour = 60 * 60_000
  expect([...timeSteps(Float64Array.of(0, hour, 3.5 * hour), 'hour')]).toEqual([0, 1, 2.5])
  expect(() => timeSteps(Float64Array.of(0, NaN), 'hour')).toThrow(
    'timeSteps: the time in row 1 is missing or before the one above it; sort the rows and drop those without a time.',
  )
})
