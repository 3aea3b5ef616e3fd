import { characters } from '@tapeloop/data'
import { expect, test } from 'vitest'
import { cutLines, cutText, describeChanges, isList, linesOf, readCorpus } from './text-data.js'

const text = 'the quick brown fox jumps over the lazy dog. '.repeat(20) // 900 characters
const tokenizer = characters.train(text)
const sizes = { validFraction: 0.1, batchSize: 4, seqLength: 5 }

test('the end of a text is for validation', () => {
  const data = cutText({ name: 'fox', text }, tokenizer, sizes)
  expect(data).toMatchObject({ trainTokens: 810, validTokens: 90 })
  expect(data.train.batchesPerEpoch).toBe(Math.floor(809 / 20))
  const first = data.valid!.batch({ epoch: 0, batch: 0 })
  expect(tokenizer.decode(first.x)).toBe(text.slice(810, 815))
})

test('nothing need be for validation', () => {
  const data = cutText({ name: 'fox', text }, tokenizer, { ...sizes, validFraction: 0 })
  expect(data).toMatchObject({ valid: null, trainTokens: 900, validTokens: 0 })
})

test('a long validation text is read in lanes of at least 2,000 characters', () => {
  const long = text.repeat(100)
  const lanesOf = (validFraction: number) =>
    cutText({ name: 'long', text: long }, tokenizer, { ...sizes, validFraction }).valid!.batch({
      epoch: 0,
      batch: 0,
    }).shape[0]
  expect(lanesOf(0.02)).toBe(1)
  expect(lanesOf(0.05)).toBe(2)
  expect(lanesOf(0.5)).toBe(4)
})

test.each([
  [{ batchSize: 50, seqLength: 20 }, 'one batch of --batch-size 50 and --seq-length 20 needs 1,001'],
  [{ validFraction: 0.001 }, '--valid-fraction 0.001 leaves 1 to validate on'],
])('a text too short for %o is refused', (wrong, message) => {
  expect(() => cutText({ name: 'fox', text }, tokenizer, { ...sizes, ...wrong })).toThrow(message)
})

test('without a file the text is a book', async () => {
  const { name, text: book } = await readCorpus(undefined)
  expect(name).toBe('Moby-Dick')
  expect(book.slice(0, 16)).toBe('Call me Ishmael.')
  expect(book.length).toBeGreaterThan(1_000_000)
})

test('what decoding changed is told in words, what it did not is not', () => {
  expect(
    describeChanges([
      { step: 'byte-order-mark', changed: 1, unit: 'marks' },
      { step: 'invalid-utf8', changed: 2, unit: 'sequences' },
      { step: 'line-ends', changed: 0, unit: 'line ends' },
    ]),
  ).toEqual(['its byte order mark was left out', '2 invalid UTF-8 sequences became U+FFFD'])
})

test('many lines of a word are a list; sentences, few lines and paragraphs are not', () => {
  const lines = (line: string, count = 120) => `${line}\n`.repeat(count)
  expect(isList(lines('acorn') + lines("O'Neill Jr."))).toBe(true)
  expect(isList(lines('天地'))).toBe(true)
  expect(isList(lines('acorn', 50))).toBe(false)
  expect(isList(lines('to be or not'))).toBe(false)
  expect(isList(lines('行者道：“师父，我们走罢。”'))).toBe(false)
  expect(linesOf(' a \n\nb\r\na\n')).toEqual(['a', 'b'])
})

test('lines are cut at random, each into one part', () => {
  const words = Array.from({ length: 50 }, (_, i) => `word${i}`)
  const tokenizer = characters.train(words, { special: ['start', 'end'] })
  const options = { validFraction: 0.2, batchSize: 8, seed: 1 }
  const data = cutLines('list', words, tokenizer, options)
  expect(data).toMatchObject({ trainLines: 40, validLines: 10, charactersPerToken: 1 })
  expect(data.train.batchesPerEpoch).toBe(5)
  expect(() => cutLines('list', ['a', 'b'], tokenizer, options)).toThrow(
    'list has 2 lines, but --valid-fraction 0.2 needs 5; use a longer list, or --no-lines',
  )
})
