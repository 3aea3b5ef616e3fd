import { expect, test } from 'vitest'
import { trainOnLargeFile } from '../fixtures/large-file.js'

test('a model learns from a file of 2 GB in less than 400 MB', async () => {
  const { peak, tokens, losses } = await trainOnLargeFile(2 * 2 ** 30, 500)
  expect(tokens).toBe(2 * 2 ** 30)
  expect(losses.at(-1)).toBeLessThan(losses[0]!)
  expect(peak / 2 ** 20).toBeLessThan(400)
})
