import { TapeloopError } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mutatedTokenizer, tryTokenizer } from '../../fixtures/mutated-tokenizers.js'

const isSentence = (error: unknown): boolean =>
  error instanceof TapeloopError && /^[^\n]{10,500}$/.test(error.message)

test('a broken file is refused in one sentence, or makes a tokenizer that works', () => {
  const seen = { used: 0, refused: 0 }
  fc.assert(
    fc.property(mutatedTokenizer, (file) => {
      seen[tryTokenizer(file, isSentence)]++
    }),
    { numRuns: 2000 },
  )
  expect(seen.used).toBeGreaterThan(100)
  expect(seen.refused).toBeGreaterThan(500)
})
