import { expect, test } from 'vitest'
import { trainOnLargeFile } from '../fixtures/large-file.js'

test('a model learns from a file of 50 MB in memory that the file does not fill', async () => {
  const { idle, peak, tokens, losses } = await trainOnLargeFile(50 * 2 ** 20, 40)
  expect(tokens).toBe(50 * 2 ** 20)
  expect(losses.at(-1)).toBeLessThan(losses[0]!)
  expect((peak - idle) / 2 ** 20).toBeLessThan(150)
})
