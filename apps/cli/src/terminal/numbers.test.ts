import { expect, test } from 'vitest'
import { clock, count, counted, duration, rate, score, spreadScore } from './numbers.js'

test.each([
  [0, '0'],
  [999, '999'],
  [1_115_394, '1,115,394'],
])('count %d', (value, text) => expect(count(value)).toBe(text))

test('counted', () => {
  expect(counted(1, 'step')).toBe('1 step')
  expect(counted(2000, 'step')).toBe('2,000 steps')
  expect(counted(0, 'step')).toBe('0 steps')
})

test.each([
  [0, '0.000'],
  [2.41456, '2.415'],
  [123.456, '123.456'],
  [0.0432, '0.043'],
  [0.00432, '0.0043'],
  [0.00001234, '0.000012'],
  [1e-20, '0.00000000'],
  [NaN, 'NaN'],
])('score %d', (value, text) => expect(score(value)).toBe(text))

test('a spread has as many digits as its mean', () => {
  expect(spreadScore(2.41456, 0.01234)).toBe('2.415 ± 0.012')
  expect(spreadScore(0.00432, 0.00011)).toBe('0.0043 ± 0.0001')
})

test.each([
  [21_432, '21,400'],
  [843.2, '843'],
  [0.523, '0.52'],
])('rate %d', (value, text) => expect(rate(value)).toBe(text))

test.each([
  [0, '0:00'],
  [41.6, '0:42'],
  [725, '12:05'],
  [7800, '2:10:00'],
])('clock %d', (value, text) => expect(clock(value)).toBe(text))

test.each([
  [0.81, '0.8 s'],
  [59.4, '59 s'],
  [59.7, '1 min 0 s'],
  [725, '12 min 5 s'],
  [7800, '2 h 10 min'],
])('duration %d', (value, text) => expect(duration(value)).toBe(text))
