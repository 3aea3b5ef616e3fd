import { expect, test } from 'vitest'
import { pageKinds } from './page-kinds.js'
import { visitor } from './visitor.js'

const { visit } = visitor()

test.for(pageKinds)('%s opens without a complaint', async (path) => {
  const { page, complaints } = await visit(path)
  expect(await page.title()).toContain('Tapeloop')
  expect(await page.locator('h1').count()).toBe(1)
  expect(complaints).toEqual([])
})

test('on the home page an LSTM learns what an RNN does not', async () => {
  const { page, complaints } = await visit('/')
  const remembered = (cell: string) => page.locator(`[data-cell=${cell}] [data-testid=remembered]`)
  await remembered('lstm')
    .filter({ hasText: /^(9\d|100)%$/ })
    .waitFor({ timeout: 50_000 })
  expect(Number.parseInt(await remembered('rnn').innerText())).toBeLessThan(30)
  expect(complaints).toEqual([])
})
