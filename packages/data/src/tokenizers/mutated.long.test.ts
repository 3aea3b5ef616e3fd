import { TapeloopError } from '@tapeloop/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mutatedTokenizer, tryTokenizer } from '../../fixtures/mutated-tokenizers.js'

test('100,000 broken files end in sentences, in tokenizers that work, and in little memory', () => {
  const before = process.memoryUsage.rss()
  fc.assert(
    fc.property(mutatedTokenizer, (file) => {
      tryTokenizer(file, (error) => error instanceof TapeloopError)
    }),
    { numRuns: 100_000 },
  )
  expect(process.memoryUsage.rss() - before).toBeLessThan(1e9)
})
