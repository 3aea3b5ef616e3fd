import { expect, test } from 'vitest'
import { printable, styleFor } from './output.js'
import { table } from './table.js'

test('columns are as wide as their longest entry, numbers end at one place', () => {
  const rows = [
    ['lstm', '1,024', 'x'],
    ['peephole-lstm', '8', 'longer'],
  ]
  expect(table(['cell', 'n', 'note'], rows, { alignRight: [1], style: styleFor(false) })).toEqual([
    'cell               n  note',
    'lstm           1,024  x',
    'peephole-lstm      8  longer',
  ])
})

test('what a model writes cannot move the cursor', () => {
  expect(printable('a\tb\nc\u001B[2Jd\u0007\r')).toBe('a\tb\nc\uFFFD[2Jd\uFFFD\uFFFD')
})
