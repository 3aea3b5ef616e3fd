import { expect, test } from 'vitest'
import { visitor } from './visitor.js'

const { visit } = visitor()

test('the search finds chapters, cells, ops and commands, also when the network is gone', async () => {
  const { page, complaints } = await visit('/')
  await page.keyboard.press('/')
  const field = page.getByRole('combobox', { name: 'Search the site' })
  await field.fill('forget gate')
  await page.getByRole('option').first().waitFor()

  await page.context().setOffline(true)
  for (const [query, found] of [
    ['peephole', /peephole/i],
    ['projected', /projected/i],
    ['log1p', /log1p/],
    ['vanishing', /vanish/i],
  ] as const) {
    await field.fill(query)
    await page.getByRole('option').filter({ hasText: found }).first().waitFor()
  }
  await page.context().setOffline(false)

  await field.fill('vanishing gradients')
  await page.getByRole('option', { name: 'Vanishing and exploding gradients' }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/learn/**')
  expect(complaints).toEqual([])
})
