import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contiguousBatches } from '../streams.js'
import { memorySource } from '../sources/byte-source.js'
import { characters } from '../tokenizers/characters.js'
import { tokenRows } from './collate.js'
import { datasetBatches } from './dataset-batches.js'
import { storedBatches, tokenWindows } from './token-batches.js'
import { tokenFile, tokensInMemory } from './token-store.js'

const lines = fc.array(
  fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'é', '日', '😀', ' ', '\r'), maxLength: 12 }),
    // longer than what is read at once
    fc.constantFrom('日'.repeat(30_000), 'a'.repeat(70_000)),
  ),
  { minLength: 1, maxLength: 5 },
)

test('wherever the text is cut, the tokens are those of the whole text', async () => {
  await fc.assert(
    fc.asyncProperty(lines, fc.nat(), fc.nat(), async (lines, a, b) => {
      const text = lines.join('\n').replaceAll(/\r\n?/g, '\n')
      fc.pre(text !== '')
      const tokenizer = characters.train(text)
      const store = await tokenFile(memorySource(lines.join('\n')), tokenizer)
      const whole = tokenizer.encode(text).ids
      expect(store.length).toBe(whole.length)
      const [start, end] = [a % whole.length, b % (whole.length + 1)].toSorted((x, y) => x - y)
      const found = await store.read(start!, end!)
      expect(found.length).toBe(end! - start!)
      expect(found.findIndex((id, i) => id !== whole[start! + i])).toBe(-1)
    }),
    { numRuns: 25 },
  )
})

test('lanes out of a store are those of memory', async () => {
  const tokens = Int32Array.from({ length: 100 }, (_, i) => i)
  const shape = { batchSize: 3, seqLength: 4 }
  const [stored, direct] = [storedBatches(tokensInMemory(tokens), shape), contiguousBatches(tokens, shape)]
  expect(stored.batchesPerEpoch).toBe(direct.batchesPerEpoch)
  for (let batch = 0; batch < direct.batchesPerEpoch; batch++) {
    expect(await stored.batch({ epoch: 0, batch })).toEqual(direct.batch({ epoch: 0, batch }))
  }
})

test('windows cover the text, each token once as a target', async () => {
  const store = tokensInMemory(Int32Array.from({ length: 31 }, (_, i) => i))
  const windows = tokenWindows(store, { seqLength: 5 }).shuffle({ seed: 1, buffer: 4 })
  const batches = datasetBatches(windows, { batchSize: 4, collate: tokenRows() })
  const all = await Promise.all([0, 1].map((batch) => batches.batch({ epoch: 0, batch })))
  expect(all.map(({ shape, lengths }) => [shape, [...lengths]])).toEqual([
    [
      [4, 5],
      [5, 5, 5, 5],
    ],
    [
      [4, 5],
      [5, 5, 0, 0],
    ],
  ])
  const targets = all.flatMap(({ y, lengths }) => [...y.subarray(0, 5 * lengths.filter(Boolean).length)])
  expect(targets.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
})

test('a text that is too short, or changes, is refused', async () => {
  const store = tokensInMemory(Int32Array.of(1, 2, 3))
  expect(() => tokenWindows(store, { seqLength: 3 })).toThrow(
    'The text is too short: it has 3 tokens, but a window of seqLength 3 needs 4; use a longer text or a smaller seqLength.',
  )
  expect(() => storedBatches(store, { batchSize: 2, seqLength: 2 })).toThrow(
    'The text is too short: it has 3 tokens, but one batch of batchSize 2 and seqLength 2 needs 5; use a longer text or a smaller batch.',
  )
  await expect(store.read(1, 4)).rejects.toThrow('tokens: there are 3, but those up to 4 were asked for.')
  let text = 'abc'
  const changing = { name: 'a.txt', size: 3, read: async () => new TextEncoder().encode(text) }
  const tokens = await tokenFile(changing, characters.train('abc'))
  text = ''
  await expect(tokens.read(0, 3)).rejects.toThrow('"a.txt" has changed since its tokens were counted')
})
