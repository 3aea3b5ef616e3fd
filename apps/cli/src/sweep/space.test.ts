import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describe as describeDimension, flagsOf, gridValues, parseSpace, placeOf, valueAt } from './space.js'

const parse = (text: string) => parseSpace([text])[0]!

test.each([
  ['cell=lstm, gru', { kind: 'choice', name: 'cell', choices: ['lstm', 'gru'] }],
  ['--hidden=32..64', { kind: 'range', name: 'hidden', low: 32, high: 64, integer: true, log: false }],
  ['lr=1e-4..1e-1', { kind: 'range', name: 'lr', low: 1e-4, high: 0.1, integer: false, log: true }],
  ['clip=1..10:log', { kind: 'range', name: 'clip', low: 1, high: 10, integer: true, log: true }],
  ['lr=0.001..1:linear', { kind: 'range', name: 'lr', low: 0.001, high: 1, integer: false, log: false }],
  ['cell=./mine.js,gru', { kind: 'choice', name: 'cell', choices: ['./mine.js', 'gru'] }],
  ['cell=../mine.js', { kind: 'choice', name: 'cell', choices: ['../mine.js'] }],
] as const)('%s', (text, dimension) => {
  expect(parse(text)).toEqual(dimension)
})

test.each([
  ['lr', /like lr=1e-4/],
  ['lr=', /like lr=1e-4/],
  ['lr=3..1', /from a number to a larger one, as in lr=1\.\.10/],
  ['lr=a..b', /from a number to a larger one/],
  ['lr=0..1:log', /begins above 0/],
  ['cell=gru,,lstm', /must be there, and different/],
  ['cell=gru,gru', /must be there, and different/],
])('%s is refused', (text, sentence) => {
  expect(() => parse(text)).toThrow(sentence)
})

test('an option is varied once', () => {
  expect(() => parseSpace(['lr=1..2', 'lr=3..4'])).toThrow('--vary names lr twice')
})

const ranges = fc.constantFrom(
  ...['n=1..3', 'n=1..1000', 'lr=1e-5..1', 'x=-2..2', 'y=0..1', 'z=-0.5..7.25'].map(parse),
)
const places = fc.double({ min: 0, max: 1, noNaN: true })

test('a value is inside its range, and its place leads back to it', () => {
  fc.assert(
    fc.property(ranges, places, (range, place) => {
      const value = valueAt(range, place)
      expect(range).toMatchObject({ low: expect.toSatisfy((low: number) => low <= Number(value)) })
      expect(range).toMatchObject({ high: expect.toSatisfy((high: number) => high >= Number(value)) })
      expect(placeOf(range, value)).toSatisfy((at: number) => at >= 0 && at <= 1)
      expect(valueAt(range, placeOf(range, value))).toBe(value)
    }),
  )
})

test('a choice is one of its values, and its place leads back to it', () => {
  const cell = parse('cell=a,b,c')
  fc.assert(
    fc.property(places, (place) => {
      const value = valueAt(cell, place)
      expect(['a', 'b', 'c']).toContain(value)
      expect(valueAt(cell, placeOf(cell, value))).toBe(value)
    }),
  )
})

test('every whole number of a range is equally likely, the first and the last too', () => {
  const counts = new Map<string, number>()
  for (let i = 0; i < 300; i++) {
    const value = valueAt(parse('n=1..3'), (i + 0.5) / 300)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  expect(Object.fromEntries(counts)).toEqual({ 1: 100, 2: 100, 3: 100 })
})

test('grids', () => {
  expect(gridValues(parse('cell=lstm,gru'))).toEqual(['lstm', 'gru'])
  expect(gridValues(parse('n=1..3'))).toEqual(['1', '2', '3'])
  expect(gridValues(parse('lr=1e-4..1'))).toEqual(['0.0001', '0.001', '0.01', '0.1', '1'])
})

test('as flags, and for people', () => {
  expect(flagsOf({ lr: '0.01', seqLength: '32' })).toEqual(['--lr', '0.01', '--seq-length', '32'])
  expect(describeDimension(parse('lr=1e-4..1'))).toBe('lr from 0.0001 to 1 (logarithmic)')
})
