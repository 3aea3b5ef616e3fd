import { expect, test } from 'vitest'
import { trained } from '../fixtures/character-model.js'
import { digests, sizes, steps } from '../fixtures/determinism.js'
import { wasm } from './backend.js'

test.each(['rnn', 'lstm', 'gru'] as const)('%s trains to the bits that every machine has', async (cell) => {
  const { digest } = await trained(await wasm({ deterministic: true }), { cell, ...sizes }, steps)
  expect(digest).toBe(digests[cell])
})
