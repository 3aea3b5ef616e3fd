import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText, chunkedText } from '../../fixtures/any-text.js'
import { bpe } from './bpe/bpe.js'
import { bytes } from './bytes.js'
import { characters } from './characters.js'
import { graphemes } from './graphemes.js'
import { parseTokenizer } from './load.js'
import { decodeStream, encodeStream } from './stream.js'
import { namedSplits, type SplitName } from './subwords/splits.js'
import type { SpecialToken, Tokenizer } from './tokenizer.js'
import { unigram } from './unigram/unigram.js'
import { words } from './words.js'

const learned =
  'the cat and the dog: "Isn\'t that 世界，你好 the end?"\n\nthey\'ll see 2024 cats, e\u0301 and é. '.repeat(
    3,
  )
const special: SpecialToken[] = ['start', 'end', 'unknown']
const added = ['<|end|>', '<|']

const keeping = (Object.keys(namedSplits) as SplitName[]).filter((split) => !namedSplits[split].drops)

/** Tokenizers that know every text. */
const complete: Record<string, Tokenizer> = {
  bytes: bytes.train('', { special }),
  ...Object.fromEntries(
    keeping.flatMap((split) => [
      [`bpe ${split}`, bpe.train(learned, { size: 330, split, special, added })],
      [`unigram ${split}`, unigram.train(learned, { size: 330, split, special, added })],
    ]),
  ),
}

/** Tokenizers with a list of texts, trained on the text itself and on what is around it. */
const listed: Record<string, (text: string) => Tokenizer> = {
  characters: (text) => characters.train(text, { special }),
  graphemes: (text) => graphemes.train(text, { special }),
  words: (text) => words.train(text, { special }),
}

test.each(Object.entries(complete))('%s: decode(encode(x)) is x for every string', (_, tokenizer) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { ids, unknown } = tokenizer.encode(text)
      expect(tokenizer.decode(ids)).toBe(text)
      expect(unknown).toBe(0)
      expect(ids.every((id) => id >= 0 && id < tokenizer.size)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test.each(Object.entries(listed))('%s: decode(encode(x)) is x for what was learned', (_, train) => {
  fc.assert(
    fc.property(anyText, (text) => {
      fc.pre(text !== '')
      const tokenizer = train(text)
      const { ids, unknown } = tokenizer.encode(text)
      expect(tokenizer.decode(ids)).toBe(text)
      expect(unknown).toBe(0)
    }),
    { numRuns: 200 },
  )
})

const all = [
  ...Object.entries(complete).map(([name, tokenizer]) => [name, () => tokenizer] as const),
  ...Object.entries(listed),
  ['bpe of a normal form', () => bpe.train(learned, { size: 330, normalForm: 'NFC', added })] as const,
]

test.each(all)('%s: the ids of a stream are those of the whole, however it is cut', async (_, train) => {
  await fc.assert(
    fc.asyncProperty(chunkedText, async ({ text, chunks }) => {
      fc.pre(text !== '')
      const tokenizer = train(text)
      const ids: number[] = []
      for await (const part of encodeStream(tokenizer, chunks)) ids.push(...part.ids)
      expect(ids).toEqual([...tokenizer.encode(text).ids])
    }),
    { numRuns: 200 },
  )
})

test.each(all)('%s: texts decoded one by one are the whole', async (_, train) => {
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      fc.pre(text !== '')
      const tokenizer = train(text)
      const { ids } = tokenizer.encode(text)
      const parts: string[] = []
      for await (const part of decodeStream(tokenizer, ids)) parts.push(part)
      expect(parts.join('')).toBe(tokenizer.decode(ids))
      expect(parts.every((part) => part !== '')).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test.each(all)('%s: a saved tokenizer is the same tokenizer', (_, train) => {
  const tokenizer = train(learned)
  const loaded = parseTokenizer(JSON.stringify(tokenizer, null, 2))
  expect(loaded.toJSON()).toEqual(tokenizer.toJSON())
  expect([loaded.size, loaded.special, loaded.type]).toEqual([
    tokenizer.size,
    tokenizer.special,
    tokenizer.type,
  ])
  expect(loaded.encode(learned)).toEqual(tokenizer.encode(learned))
  expect(loaded.token(3)).toEqual(tokenizer.token(3))
})

test.each(all)('%s: an id of another tokenizer is refused', (_, train) => {
  const tokenizer = train(learned)
  const message = `decode: id ${tokenizer.size} at position 1 is none of the ${tokenizer.size} ids of this tokenizer`
  expect(() => tokenizer.decode([0, tokenizer.size])).toThrow(message)
  expect(() => tokenizer.token(-1)).toThrow('decode: id -1 at position 0')
})

test('a stream keeps back little of a text with words in it', async () => {
  const tokenizer = bpe.train(learned, { size: 300 })
  let most = 0
  async function* lines(): AsyncGenerator<string> {
    for (let i = 0; i < 200; i++) yield learned
  }
  for await (const { ids } of encodeStream(tokenizer, lines())) most = Math.max(most, ids.length)
  expect(most).toBeLessThan(3 * learned.length)
})

test('a stream without any place to cut costs no square of its length', async () => {
  let looked = 0
  const tokenizer = bpe.train(learned, { size: 300, split: 'none' })
  const counting: Tokenizer = {
    ...tokenizer,
    lastCut(text) {
      looked += text.length
      return tokenizer.lastCut(text)
    },
  }
  const chunks = Array.from({ length: 1000 }, () => 'ab')
  const parts: number[] = []
  for await (const { ids } of encodeStream(counting, chunks)) parts.push(...ids)
  expect(parts).toEqual([...tokenizer.encode('ab'.repeat(1000)).ids])
  expect(looked).toBeLessThan(8000)
})

test('bytes that are no text decode to replacement characters, as the Encoding Standard counts them', () => {
  const tokenizer = bytes.train('')
  fc.assert(
    fc.property(fc.uint8Array(), (list) => {
      fc.pre(!list.some((byte, i) => byte === 0xed && list[i + 1]! >= 0xa0))
      expect(tokenizer.decode(list)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(list))
    }),
    { numRuns: 500 },
  )
})

test.each(['words', 'graphemes'])('%s: a long text is cut as its parts are', (name) => {
  const part = "he can't 世界。你好 e\u0301👩‍👩‍👧, สวัสดีครับ 3.14!\n"
  const tokenizer = listed[name]!(part)
  const once = [...tokenizer.encode(part).ids]
  const { ids } = tokenizer.encode(part.repeat(1000))
  expect(ids.length).toBe(1000 * once.length)
  expect([...ids.subarray(-once.length)]).toEqual(once)
})
