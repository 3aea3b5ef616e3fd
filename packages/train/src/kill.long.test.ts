import { expect, test } from 'vitest'
import { trainThroughKills } from '../fixtures/killing.js'

test('a training that is killed 200 times ends in the bits of one that never was', async () => {
  const { starts, steps, files, expected } = await trainThroughKills(200, 2)
  expect(starts).toEqual(starts.toSorted((a, b) => a - b))
  expect(steps).toBeGreaterThan(300)
  expect(files).toEqual(expected)
})
