import { expect, test } from 'vitest'
import { isTokenization, runTokenization, type TokenizationFile } from './tokenization.js'

const corpus = 'aab aab aabé'
const right: TokenizationFile = {
  strings: [
    {
      text: 'é👍',
      code_points: [233, 128077],
      utf8: [195, 169, 240, 159, 145, 141],
      utf16_units: [233, 55357, 56397],
      NFC: 'é👍',
      NFD: 'e\u0301👍',
      NFKC: 'é👍',
      NFKD: 'e\u0301👍',
    },
  ],
  char_vocabulary: { corpus: 'small.txt', size: 4, chars: ' abé', first_100_ids: [1, 1, 2, 0, 1] },
  bpe: {
    train_text: 'first 11 code points of the corpus',
    n_merges: 2,
    merges: [
      [97, 97],
      [256, 98],
    ],
    merge_counts: [3, 3],
    train_tokens_after: 5,
    first_tokens_of_train: [257, 32, 257],
    held_text: 'code points 9..11',
    held_bytes: 4,
    held_tokens: [97, 98, 195, 169],
    last_token_as_text: 'aab',
  },
}

const run = (file: TokenizationFile, text: string | null = corpus) => [
  ...runTokenization('some.json', file, () => text),
]

test('a file that is right passes', () => {
  expect(isTokenization(JSON.parse(JSON.stringify(right)))).toBe(true)
  expect(run(right)).toEqual(
    ['strings', 'char_vocabulary', 'bpe'].map((part) => ({ name: `some/${part}`, passed: true, reason: '' })),
  )
})

test.each<[Partial<TokenizationFile>, string]>([
  [{ strings: [{ ...right.strings[0]!, NFD: 'é👍' }] }, 'string 0 as NFD: "é👍" instead of "é👍"'],
  [{ strings: [{ ...right.strings[0]!, utf8: [1] }] }, 'string 0 as UTF-8: 6 numbers instead of 1'],
  [{ char_vocabulary: { ...right.char_vocabulary, chars: ' abc' } }, 'characters: " abé" instead of " abc"'],
  [
    { bpe: { ...right.bpe, merge_counts: [3, 2] } },
    'counts of the merges differs by 5.00e-1: 3 instead of 2 at 1',
  ],
  [{ bpe: { ...right.bpe, held_text: 'the rest' } }, '"the rest" says no such part of the text'],
])('what differs is named', (wrong, reason) => {
  expect(
    run({ ...right, ...wrong }).flatMap((result) => (result.passed ? [] : [result.reason.normalize('NFC')])),
  ).toEqual([reason.normalize('NFC')])
})

test('a text that is not found is asked for', () => {
  expect(run(right, null).map(({ passed, reason }) => [passed, reason])).toEqual([
    [true, ''],
    ...[1, 2].map(() => [false, 'the text small.txt was not found; say where by --corpora <folder>']),
  ])
})
