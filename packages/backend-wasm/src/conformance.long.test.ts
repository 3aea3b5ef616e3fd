import { test } from 'vitest'
import { levels } from '../fixtures/bench.js'
import { checkPrograms } from '../fixtures/conformance.js'
import { wasm } from './backend.js'

test.each(levels)(
  'thousands of random programs give what the reference gives, at level %s',
  async (level) => {
    checkPrograms(await wasm({ level }), { numRuns: 4000, seed: 2 })
  },
)
