import { expect, test } from 'vitest'
import { parsePianoRolls } from './piano-rolls.js'

test('notes are keys, from the lowest of a piano on', () => {
  const music = { train: [[[21, 108], []]], valid: [], test: [[[60]]] }
  const { train, valid, test } = parsePianoRolls(JSON.stringify(music))
  const sounding = (frame: Uint8Array) => [...frame].flatMap((on, key) => (on ? [key] : []))
  expect(train[0]!.map(sounding)).toEqual([[0, 87], []])
  expect(train[0]![0]).toHaveLength(88)
  expect(valid).toEqual([])
  expect(test[0]!.map(sounding)).toEqual([[39]])
})

test.each([
  ['{', 'bach.json: it is no JSON.'],
  ['[]', 'bach.json: it must be a record of train, valid and test, but it is [].'],
  ['{"train": []}', 'bach.json: valid must be a list, but it is undefined.'],
  [
    '{"train": [[[60], [61, 109]]], "valid": [], "test": []}',
    'bach.json: train, piece 0, time 1 has 109; a note must be a whole number from 21 to 108.',
  ],
])('%s is refused', (text, message) => {
  expect(() => parsePianoRolls(text, { name: 'bach.json' })).toThrow(message)
})
