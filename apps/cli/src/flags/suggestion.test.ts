import { expect, test } from 'vitest'
import { closest, editDistance } from './suggestion.js'

test.each([
  ['', '', 0],
  ['lstm', 'lstm', 0],
  ['lstm', 'ltsm', 1],
  ['lstm', 'lst', 1],
  ['gru', 'gruu', 1],
  ['rnn', 'gru', 3],
  ['', 'gru', 3],
])('%o and %o are %d edits apart', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits)
  expect(editDistance(b, a)).toBe(edits)
})

const names = ['rnn', 'lstm', 'gru', 'peephole-lstm']
test.each([
  ['ltsm', 'lstm'],
  ['LSTM', 'lstm'],
  ['peephole', 'peephole-lstm'],
  ['peepholelstm', 'peephole-lstm'],
  ['transformer', undefined],
])('%s probably means %s', (given, meant) => {
  expect(closest(given, names)).toBe(meant)
})
