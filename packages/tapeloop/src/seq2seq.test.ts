import { wasm } from '@tapeloop/backend-wasm'
import { mapTree, randomKey, reference, setDefaultBackend } from '@tapeloop/core'
import { seq2seq } from '@tapeloop/models'
import { gru } from '@tapeloop/layers'
import { afterEach, expect, test } from 'vitest'

afterEach(() => setDefaultBackend(reference))

test.each(['dot', 'additive'] as const)(
  'what is written with %s attention is the same on both backends',
  async (attention) => {
    const sizes = { vocabularySize: 5, targetVocabularySize: 6, embeddingSize: 4, hiddenSize: 8, layers: 2 }
    const model = seq2seq({ cell: gru, ...sizes, attention, dtype: 'float64' })
    const params = mapTree(model.init(randomKey(1)), (leaf) => leaf.mul(2))
    const options = { beams: 3, maxLength: 40, attention: true }
    const write = () => model.predict(params, [[0, 1, 2, 3], [4], [2, 2]], options)
    setDefaultBackend(reference)
    const expected = await write()
    setDefaultBackend(await wasm())
    const found = await write()
    for (const [row, { tokens, logProbability, attention }] of found.entries()) {
      expect(tokens).toEqual(expected[row]!.tokens)
      expect(logProbability).toBeCloseTo(expected[row]!.logProbability, 8)
      attention
        .flat()
        .forEach((weight, i) => expect(weight).toBeCloseTo(expected[row]!.attention.flat()[i]!, 8))
    }
  },
)
