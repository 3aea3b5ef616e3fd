import { Tokenizer as Peer } from '@huggingface/tokenizers'
import fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sharedFolder } from '../../../../../scripts/shared.js'
import { anyText } from '../../../fixtures/any-text.js'
import { bpe } from '../bpe/bpe.js'
import { bytes } from '../bytes.js'
import { characters } from '../characters.js'
import { graphemes } from '../graphemes.js'
import { parseTokenizer, tokenizerFromJSON } from '../load.js'
import type { SpecialToken, Tokenizer } from '../tokenizer.js'
import { unigram } from '../unigram/unigram.js'
import { wordLevel } from '../word-level.js'
import { fromHuggingFace } from './read.js'
import { toHuggingFace } from './write.js'

interface Golden {
  readonly file: Readonly<Record<string, unknown>>
  readonly rows: readonly {
    readonly text: string
    readonly ids: readonly number[]
    readonly decoded: string
  }[]
}
const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/hugging-face.json', import.meta.url), 'utf8'),
) as { cases: Readonly<Record<string, Golden>> }

describe.each(Object.entries(golden.cases))('%s', (_, { file, rows }) => {
  const tokenizer = parseTokenizer(JSON.stringify(file))

  test.each(rows)('gives the ids of the library that made it: $text', ({ text, ids, decoded }) => {
    expect([...tokenizer.encode(text).ids]).toEqual(ids)
    expect(tokenizer.decode(ids)).toBe(decoded)
  })

  test('comes back from our own format and from theirs', () => {
    const own = parseTokenizer(JSON.stringify(tokenizer))
    const theirs = fromHuggingFace(JSON.parse(JSON.stringify(toHuggingFace(tokenizer))))
    expect(own.toJSON()).toEqual(tokenizer.toJSON())
    expect(theirs.special).toEqual(tokenizer.special)
    for (const { text, ids } of rows) {
      expect([...own.encode(text).ids]).toEqual(ids)
      expect([...theirs.encode(text).ids]).toEqual(ids)
    }
  })
})

test('the tokens around a text are its start and end', () => {
  const ends = Object.values(golden.cases).map(({ file }) => fromHuggingFace(file).special)
  expect(ends).toEqual([
    { start: 0, end: 1 },
    { start: 1, unknown: 0 },
    { start: 1, end: 2, unknown: 0 },
    { unknown: 0 },
  ])
})

const special: SpecialToken[] = ['unknown']
const kinds: Record<string, (text: string) => Tokenizer> = {
  'bpe gpt2': (text) => bpe.train(text, { size: 1500, added: ['<|end|>'] }),
  'bpe cl100k of NFC': (text) => bpe.train(text, { size: 1500, split: 'cl100k', normalForm: 'NFC' }),
  'bpe o200k': (text) => bpe.train(text, { size: 1500, split: 'o200k' }),
  'bpe none': (text) => bpe.train(text.slice(0, 5000), { size: 400, split: 'none' }),
  'unigram gpt2': (text) => unigram.train(text, { size: 3000, byteFallback: false, special }),
  'word-level': (text) => wordLevel.train(text, { minimumCount: 2 }),
  bytes: () => bytes.train(''),
  characters: (text) => characters.train(text, { special }),
}

/** The library in JavaScript has other white space than Unicode in its GPT-2 pattern, and no lone surrogates. */
const common = (text: string): string => text.replaceAll(/[\ufeff\u0085\p{Cs}\u2581]|<unk>/gu, '')

const texts = ['tinyshakespeare.txt', 'linux_kernel.txt', 'xiyouji_zh.txt']

test.for(Object.entries(kinds).map(([name, train]) => ({ name, train })))(
  '$name: what is written gives the same ids and texts in @huggingface/tokenizers',
  ({ train }, context) => {
    context.skip(!existsSync(sharedFolder), 'TAPELOOP_SHARED is absent')
    const corpora = texts.map((name) =>
      readFileSync(`${sharedFolder}/data/text/${name}`, 'utf8').slice(0, 60_000),
    )
    const tokenizer = train(corpora.join('\n'))
    const peer = new Peer(JSON.parse(JSON.stringify(toHuggingFace(tokenizer))), {
      // models of whole words are of a kind that it takes this from
      unk_token: '<unk>',
    })
    // across pieces, the library makes one of unknown tokens that follow one another, and only of a unigram model's
    const { unknown } = tokenizer.special
    const oneUnknown = (ids: readonly number[]): readonly number[] =>
      tokenizer.type === 'unigram' ? ids.filter((id, i) => id !== unknown || ids[i - 1] !== unknown) : ids
    const agree = (text: string): void => {
      const ids = [...tokenizer.encode(text).ids]
      const theirs = peer.encode(text, { add_special_tokens: false }).ids
      expect(oneUnknown(ids)).toEqual(oneUnknown(theirs))
      if (ids.length === 0) return
      const decoded = peer.decode(ids, { clean_up_tokenization_spaces: false })
      expect(tokenizer.decode(ids).replaceAll('\uFFFD', '<unk>')).toBe(decoded.replaceAll('\uFFFD', '<unk>'))
    }
    for (const text of corpora) agree(common(text.slice(20_000, 40_000)))
    fc.assert(
      fc.property(anyText, (text) => agree(common(text))),
      { numRuns: 100 },
    )
  },
)

test('what cannot be written is refused', () => {
  expect(() => toHuggingFace(graphemes.train('a'))).toThrow(
    'toHuggingFace: a tokenizer of type "graphemes" cannot be written, for the format has no such way to split a text; ' +
      'train one of type bpe, unigram, word-level, bytes or characters.',
  )
  expect(() => toHuggingFace(characters.train('\u2581'))).toThrow(
    'toHuggingFace: the token "▁" has the character that the format writes for a space',
  )
  expect(() => toHuggingFace(characters.train('\ud83d'))).toThrow(
    'is half of a surrogate pair, which is no text there',
  )
  const record = bpe.train('ab', { size: 257, minimumCount: 1 }).toJSON()
  const twice = [...(record['tokens'] as string[]), 'bc', 'abc', 'abc']
  const [ab, bc, abc, other] = [256, 257, 258, 259]
  const merges = [...(record['merges'] as number[][]), [98, 99, bc], [ab, 99, abc], [97, bc, other]]
  expect(() => toHuggingFace(tokenizerFromJSON({ ...record, tokens: twice, merges }))).toThrow(
    `toHuggingFace: tokens 258 and 259 have the same text "abc", which the format has no room for; ` +
      `train with sameText: 'share'.`,
  )
})

const [first] = Object.values(golden.cases)
const base = first!.file as Readonly<Record<string, Record<string, unknown>>>
const model = base['model']!
test.each<[unknown, string]>([
  [[], 'tokenizer.json: format must be "tapeloop-tokenizer", but it is [].'],
  [
    { ...base, model: { ...model, type: 'WordPiece' } },
    'the model "WordPiece" cannot be read; this release reads BPE, Unigram and WordLevel.',
  ],
  [
    { ...base, model: { ...model, dropout: 0.1 } },
    'dropout of the model "0.1" cannot be read; this release reads models without it.',
  ],
  [
    { ...base, model: { ...model, merges: ['a b c'] } },
    'tokenizer.json: merge 0 must be two tokens, but it is "a b c".',
  ],
  [
    { ...base, model: { ...model, merges: ['zz zz'] } },
    'tokenizer.json: merge 0 must be one of tokens of the vocabulary, but it is "zz".',
  ],
  [{ ...base, model: { ...model, merges: ['t h', 't h'] } }, 'Merge 1 ("t" and "h") is merge 0 again.'],
  [
    { ...base, model: { ...model, vocab: { a: 0, b: 0 } } },
    'tokenizer.json: "b" and "a" have the same id 0.',
  ],
  [
    { ...base, model: { ...model, vocab: { a: 1e9 } } },
    'tokenizer.json: id of "a" must be a whole number from 0 to 4194303, but it is 1000000000.',
  ],
  [
    { ...base, model: { ...model, vocab: { a: 500 } } },
    'tokenizer.json: "a" has id 500, but there are 4 tokens, so that ids go to 3.',
  ],
  [
    { ...base, normalizer: { type: 'Precompiled' } },
    'the normalizer "Precompiled" cannot be read; this release reads NFC,',
  ],
  [{ ...base, decoder: { type: 'CTC' } }, 'the decoder "CTC" cannot be read'],
  [{ ...base, added_tokens: null }, 'tokenizer.json: added_tokens must be a list, but it is null.'],
  [
    {
      ...base,
      pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated', invert: false },
    },
    'the pre-tokenizer Split with the pattern "(a+)+$" cannot be read; this release reads the patterns of GPT-2, cl100k, o200k, ' +
      'Llama 3 and Qwen 2, and runs no other, for it might never end.',
  ],
])('a file is refused in one sentence', (value, message) => {
  expect(() => parseTokenizer(JSON.stringify(value))).toThrow(message)
})

test('sequences in sequences end', () => {
  const deep = '{"type":"Sequence","normalizers":['.repeat(50_000) + ']}'.repeat(50_000)
  const text = JSON.stringify({ ...base, normalizer: 0 }).replace('"normalizer":0', `"normalizer":${deep}`)
  expect(() => parseTokenizer(text)).toThrow('normalizer has sequences in sequences, more than 8 deep')
})
