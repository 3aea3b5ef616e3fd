import { flatten } from '@tapeloop/core'
import { expect, test } from 'vitest'
import { training } from '../fixtures/character-model.js'
import { wasm } from './backend.js'

test(
  'a step of a model of 2.17 M parameters needs under 100 MB, and further steps no more',
  { timeout: 120_000 },
  async () => {
    const backend = await wasm()
    const next = training(backend, {
      cell: 'lstm',
      hiddenSize: 512,
      embeddingSize: 512,
      batchSize: 32,
      seqLength: 64,
    })
    const { params } = next()
    expect(flatten(params).leaves.reduce((sum, { size }) => sum + size, 0)).toBe(2_165_825)
    const { peak } = backend.memory
    next()
    next()
    // parameters, gradients and both moments; gates, c and h of every step; one buffer more: 76.8 MB, times 1.3
    expect(peak).toBeLessThan(100e6)
    expect(backend.memory.peak).toBe(peak)
  },
)
