import { expect, test } from 'vitest'
import { visitor } from './visitor.js'

const { visit } = visitor()

test.for(['/', '/guides/explain/', '/playground/'])('%s opens without a complaint', async (path) => {
  const { page, complaints } = await visit(path)
  expect(await page.title()).toContain('Tapeloop')
  expect(await page.locator('h1').count()).toBe(1)
  expect(complaints).toEqual([])
})
