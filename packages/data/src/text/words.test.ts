import fc from 'fast-check'
import { expect, test } from 'vitest'
import { epochOf } from '../batches.js'
import { characters } from '../tokenizers/characters.js'
import { paddedBatches } from '../sequences.js'
import { splitRandom } from '../splits.js'
import { cleanWords, wordSequences } from './words.js'

test('words are trimmed, made small, filtered and made different, and each rule says how many it met', () => {
  const result = cleanWords('Polish\r\npolish\n\n  tea \nnaïve\nit’s\na\nabcdefghij\n', {
    minimumLength: 2,
    maximumLength: 8,
  })
  expect(result).toEqual({
    words: ['polish', 'tea'],
    changes: [
      { step: 'lower-case', changed: 1, unit: 'words' },
      { step: 'letters', changed: 2, unit: 'words left out' },
      { step: 'length', changed: 2, unit: 'words left out' },
      { step: 'duplicates', changed: 1, unit: 'words left out' },
    ],
  })
})

test('any letters and any case can be kept', () => {
  expect(
    cleanWords(['Éa', 'b', '👍👍'], { lowerCase: false, letters: 'any', maximumLength: 2 }).words,
  ).toEqual(['Éa', 'b', '👍👍'])
})

const lists = fc.array(fc.string({ unit: fc.constantFrom('a', 'B', 'c', ' ', '-', 'é'), maxLength: 5 }))
test('a cleaned list has different words of small letters, so no split shares one', () => {
  fc.assert(
    fc.property(lists, fc.nat(), (list, seed) => {
      fc.pre(list.filter((word) => /^[a-c]+$/.test(word.trim().toLowerCase())).length > 0)
      const { words } = cleanWords(list)
      expect(words.every((word) => /^[a-z]+$/.test(word))).toBe(true)
      expect(new Set(words).size).toBe(words.length)
      expect(cleanWords(words).words).toEqual(words)
      fc.pre(words.length >= 2)
      const { train, test: held } = splitRandom(words, { train: 0.5, test: 0.5 }, seed)
      expect([...train, ...held].toSorted()).toEqual(words.toSorted())
    }),
  )
})

test('no word left is refused with the counts', () => {
  expect(() => cleanWords(['é', 'ab'], { minimumLength: 3 })).toThrow(
    'cleanWords: of 2 words none is left (1 pass letters "a-z", 0 of these the lengths); ' +
      'give other words or looser options.',
  )
})

test('a word becomes start, its characters, end, and comes back from the batches', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }), (words) => {
      const tokenizer = characters.train(words, { special: ['start', 'end'] })
      const sequences = wordSequences(words, tokenizer)
      for (const sequence of sequences) {
        expect([sequence[0], sequence.at(-1)]).toEqual([tokenizer.special.start, tokenizer.special.end])
      }
      const read: string[] = []
      for (const { y, lengths, shape } of epochOf(paddedBatches(sequences, { batchSize: 3 }))) {
        lengths.forEach((length, row) => {
          if (length > 0) read.push(tokenizer.decode(y.subarray(row * shape[1], row * shape[1] + length)))
        })
      }
      expect(read).toEqual(words)
    }),
  )
})

test('a tokenizer without start or end is refused', () => {
  expect(() => wordSequences(['a'], characters.train('a', { special: ['start'] }))).toThrow(
    `wordSequences: the tokenizer has no special token "end"; train it with special: ['start', 'end'].`,
  )
})
