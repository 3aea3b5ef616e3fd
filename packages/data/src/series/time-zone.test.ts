import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTime } from '../tables/time-format.js'
import { calendarFeatures, calendarFields } from './calendar.js'
import { localAt, offsetAt, timeAt } from './time-zone.js'

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
]
const moment = fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2037, 0) })

test('a zone shows what Intl says, and its times are found again', () => {
  fc.assert(
    fc.property(moment, fc.constantFrom(...zones), (time, timeZone) => {
      const shown = new Date(time).toLocaleString('sv-SE', { timeZone })
      expect(new Date(localAt(time, timeZone)).toISOString().slice(0, 19).replace('T', ' ')).toBe(shown)
      const again = timeAt(localAt(time, timeZone), timeZone)
      // an hour that comes twice is found as the first
      expect(localAt(again, timeZone)).toBe(localAt(time, timeZone))
      expect(again).toBeLessThanOrEqual(time)
    }),
  )
})

test('an hour that is left out lies after the change, and a zone that is none is refused', () => {
  const time = timeAt(Date.UTC(2024, 2, 31, 2, 30), 'Europe/Berlin')
  expect(new Date(time).toISOString()).toBe('2024-03-31T01:30:00.000Z')
  expect(() => offsetAt(0, 'Mars/Olympus')).toThrow(
    'There is no time zone "Mars/Olympus"; give a name such as Europe/Berlin, or UTC.',
  )
})

test.each([
  ['2024-03-31', 'iso', 'UTC', '2024-03-31T00:00:00.000Z'],
  ['1949-01', 'iso', 'UTC', '1949-01-01T00:00:00.000Z'],
  ['2024/3/31 9:05', 'iso', 'UTC', '2024-03-31T09:05:00.000Z'],
  ['2024-07-01 12:00', 'iso', 'Europe/Berlin', '2024-07-01T10:00:00.000Z'],
  ['2024-07-01T12:00:30.25-03:30', 'iso', 'Europe/Berlin', '2024-07-01T15:30:30.250Z'],
  ['2024-07-01T12:00Z', 'iso', 'Europe/Berlin', '2024-07-01T12:00:00.000Z'],
  ['31.12.2023 23:59', 'dmy', 'UTC', '2023-12-31T23:59:00.000Z'],
  ['12/31/2023', 'mdy', 'UTC', '2023-12-31T00:00:00.000Z'],
] as const)('%s (%s, %s) is %s', (text, format, timeZone, expected) => {
  expect(new Date(parseTime(text, format, timeZone)).toISOString()).toBe(expected)
})

test.each(['2024-02-30', '2024-13', '2024-01-01T24:00', '2024', 'soon', '2024-1-1T1', ''])(
  '%j is no time',
  (text) => {
    expect(parseTime(text, 'iso', 'UTC')).toBeNaN()
  },
)

test('the calendar goes round: the cycles begin where they should, and end where they began', () => {
  // a Monday, the first of its year and month, in Berlin
  const begin = Date.UTC(2023, 11, 31, 23)
  const { names, values } = calendarFeatures(Float64Array.of(begin), calendarFields, 'Europe/Berlin')
  expect(names).toHaveLength(10)
  expect([...values].map(Math.round)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
  fc.assert(
    fc.property(moment, (time) => {
      const week = 7 * 24 * 60 * 60_000
      const at = (time: number) => calendarFeatures(Float64Array.of(time), ['hourOfDay', 'dayOfWeek']).values
      const [now, later] = [at(time), at(time + week)]
      now.forEach((value, i) => expect(value).toBeCloseTo(later[i]!, 9))
      expect(Math.hypot(now[0]!, now[1]!)).toBeCloseTo(1, 12)
    }),
  )
})
