import { expect, test } from 'vitest'
import { levels } from '../../fixtures/bench.js'
import { checkPrograms } from '../../fixtures/conformance.js'
import { eagerBackend } from '../../fixtures/threads.js'

test.each(levels.flatMap((level) => [2, 3, 5].map((threads) => ({ level, threads }))))(
  'thousands of random programs give what the reference gives, at level $level on $threads threads',
  async ({ level, threads }) => {
    const backend = await eagerBackend(threads, { level, rowGrain: 1 })
    checkPrograms(backend, { numRuns: 1000, seed: 4 })
    expect(backend.threads).toBe(threads)
    backend.close()
  },
)
