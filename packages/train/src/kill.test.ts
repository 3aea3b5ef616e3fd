import { expect, test } from 'vitest'
import { trainThroughKills } from '../fixtures/killing.js'

test(
  'a training that is killed 5 times ends in the bits of one that never was',
  { timeout: 120_000 },
  async () => {
    const { starts, steps, files, expected } = await trainThroughKills(5, 1)
    expect(starts).toEqual(starts.toSorted((a, b) => a - b))
    expect(steps).toBeGreaterThan(10)
    expect(files).toEqual(expected)
  },
)
