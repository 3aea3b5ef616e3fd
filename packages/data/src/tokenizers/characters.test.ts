import fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sharedFolder } from '../../../../scripts/shared.js'
import { characters, characterTokenizer } from './characters.js'
import type { SpecialToken } from './tokenizer.js'
import { parseTokenizer } from './load.js'

/** Any string at all: characters beyond the first plane and halves of surrogate pairs too. */
const anyText = fc
  .array(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud83d', '\udc4d', '\ud800', '\uffff', 'é')),
  )
  .map((parts) => parts.join(''))
const special = fc.shuffledSubarray<SpecialToken>(['unknown', 'start', 'end'])

test('decode(encode(x)) is x for every text of known characters', () => {
  fc.assert(
    fc.property(anyText, special, (text, specials) => {
      fc.pre(text !== '')
      const tokenizer = characters.train(text, { special: specials })
      const { ids, unknown } = tokenizer.encode(text)
      expect(tokenizer.decode(ids)).toBe(text)
      expect(unknown).toBe(0)
      expect(ids.length).toBe([...text].length)
      expect(ids.every((id) => id >= 0 && id < tokenizer.size - specials.length)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('ids are the positions in the sorted set of code points', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      fc.pre(text !== '')
      const tokenizer = characters.train(text)
      const sorted = [...new Set([...text].map((character) => character.codePointAt(0)!))].toSorted(
        (a, b) => a - b,
      )
      expect([...tokenizer.encode(text).ids]).toEqual(
        [...text].map((character) => sorted.indexOf(character.codePointAt(0)!)),
      )
      expect(tokenizer.size).toBe(sorted.length)
    }),
  )
})

test('a saved tokenizer is the same tokenizer', () => {
  fc.assert(
    fc.property(anyText, special, (text, specials) => {
      fc.pre(text !== '')
      const tokenizer = characters.train(text, { special: specials })
      const file = new TextEncoder().encode(JSON.stringify(tokenizer))
      const loaded = parseTokenizer(new TextDecoder().decode(file))
      expect(loaded.encode(text)).toEqual(tokenizer.encode(text))
      expect(loaded.toJSON()).toEqual(tokenizer.toJSON())
      expect(loaded.special).toEqual(tokenizer.special)
      expect(loaded.size).toBe(tokenizer.size)
    }),
  )
})

test('several texts are one vocabulary', () => {
  expect(characters.train(['ab', 'cb']).toJSON()['characters']).toEqual(['a', 'b', 'c'])
})

test('what is unknown becomes the token unknown, or is left out, and is counted', () => {
  const tokenizer = characters.train('ab', { special: ['unknown'] })
  expect(tokenizer.encode('a👍b?')).toEqual({ ids: Int32Array.of(0, 2, 1, 2), unknown: 2 })
  expect(tokenizer.encode('a👍b?', { skipUnknown: true })).toEqual({ ids: Int32Array.of(0, 1), unknown: 2 })
  expect(characters.train('ab').encode('?a', { skipUnknown: true })).toEqual({
    ids: Int32Array.of(0),
    unknown: 1,
  })
})

test('without the token unknown it is refused, with the first character and its place', () => {
  expect(() => characters.train('ab').encode('a👍b?')).toThrow(
    'encode: 2 of 4 characters are not in the vocabulary of 2, the first is "👍" (U+1F44D) at position 1; ' +
      'pass skipUnknown to leave them out, or train the tokenizer with the special token "unknown".',
  )
})

test('special tokens decode to a replacement character and to nothing', () => {
  const tokenizer = characters.train('ab', { special: ['start', 'end', 'unknown'] })
  expect(tokenizer.special).toEqual({ start: 2, end: 3, unknown: 4 })
  expect(tokenizer.decode([2, 0, 4, 1, 3])).toBe('a\uFFFDb')
})

test('an id of another tokenizer is refused', () => {
  expect(() => characters.train('ab').decode([0, 2])).toThrow(
    'decode: id 2 at position 1 is none of the 2 ids of this tokenizer; ' +
      'use the tokenizer that belongs to the model.',
  )
})

test('the saved vocabulary does not change with the list it was made from', () => {
  const list = ['b', 'a']
  const tokenizer = characterTokenizer(list)
  list.push('c')
  expect(tokenizer.toJSON()).toEqual({
    format: 'tapeloop-tokenizer',
    version: 1,
    type: 'characters',
    characters: ['b', 'a'],
    special: [],
  })
  expect(tokenizer.encode('ab').ids).toEqual(Int32Array.of(1, 0))
})

const record = characters.train('ab', { special: ['start'] }).toJSON()
test.each<[unknown, string]>([
  [[], 'tokenizer.json: format must be "tapeloop-tokenizer", but it is [].'],
  [{ ...record, format: 'other' }, 'tokenizer.json: format must be "tapeloop-tokenizer", but it is "other".'],
  [
    { ...record, version: 2 },
    'tokenizer.json: version must be 1, but it is 2; use the release that wrote the file, or a newer one.',
  ],
  [
    { ...record, type: 'toString' },
    'tokenizer.json: unknown type "toString"; this release reads characters, graphemes, words, bytes, bpe, unigram, word-level',
  ],
  [{ ...record, characters: 'ab' }, 'tokenizer.json: characters must be a list, but it is "ab".'],
  [{ ...record, special: undefined }, 'tokenizer.json: special must be a list, but it is undefined.'],
  [
    { ...record, characters: [] },
    'A character vocabulary needs at least one character, but the text has none.',
  ],
  [
    { ...record, characters: ['a', 'bc'] },
    'Character 1 of the vocabulary must be one code point, but it is "bc".',
  ],
  [{ ...record, characters: ['a', 7] }, 'Character 1 of the vocabulary must be one code point, but it is 7.'],
  [
    { ...record, characters: ['a', ''] },
    'Character 1 of the vocabulary must be one code point, but it is "".',
  ],
  [
    { ...record, characters: ['a', 'b', 'a'] },
    'Character "a" is in the vocabulary twice, the second time with id 2.',
  ],
  [{ ...record, special: ['begin'] }, 'Unknown special token "begin"; there are unknown, start, end.'],
  [{ ...record, special: ['end', 'end'] }, 'Special token "end" is listed twice.'],
])('a broken record is refused: %j', (value, message) => {
  expect(() => parseTokenizer(JSON.stringify(value))).toThrow(message)
})

test('a file cut off anywhere is refused', () => {
  const file = JSON.stringify(record)
  fc.assert(
    fc.property(fc.nat({ max: file.length - 1 }), (length) => {
      expect(() => parseTokenizer(file.slice(0, length))).toThrow(
        'tokenizer.json is not valid JSON; restore it',
      )
    }),
  )
})

test('the vocabulary of tinyshakespeare is the published one', ({ skip }) => {
  skip(!existsSync(sharedFolder), 'TAPELOOP_SHARED is absent')
  const { char_vocabulary: expected } = JSON.parse(
    readFileSync(`${sharedFolder}/vectors/torch/tokenization.json`, 'utf8'),
  )
  const text = readFileSync(`${sharedFolder}/data/text/${expected.corpus}`, 'utf8')
  const tokenizer = characters.train(text)
  expect(tokenizer.size).toBe(expected.size)
  expect(tokenizer.toJSON()['characters']).toEqual([...expected.chars])
  expect([...tokenizer.encode(text).ids.subarray(0, 100)]).toEqual(expected.first_100_ids)
})
