import { primitives, type PrimitiveName } from '@tapeloop/core'
import { checkOpOnBackend } from '@tapeloop/testing'
import { test } from 'vitest'
import { levels } from '../fixtures/bench.js'
import { checkPrograms } from '../fixtures/conformance.js'
import { wasm } from './backend.js'

test.each(levels)('random programs give what the reference gives, at level %s', async (level) => {
  checkPrograms(await wasm({ level }), { numRuns: 40, seed: 1 })
})

test.each(Object.keys(primitives) as PrimitiveName[])('%s gives what the reference gives', async (name) => {
  for (const level of levels) {
    const backend = await wasm({ level })
    checkOpOnBackend(backend, name, { dtype: 'float32', tolerance: 1e-5, runs: 15 })
    checkOpOnBackend(backend, name, { dtype: 'float64', tolerance: 1e-11, runs: 15 })
  }
})
