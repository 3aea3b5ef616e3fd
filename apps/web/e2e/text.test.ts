import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { visitor } from './visitor.js'

const { visit } = visitor()

/** A training that is over soon, whatever the machine. */
const small = '/playground/text/?sample=sums&hidden=16&steps=60&seqLength=16&batchSize=8'
const patience = 90_000

test('a text is learned, continued, downloaded, kept, and opened again', { timeout: 300_000 }, async () => {
  const { page, complaints } = await visit(small)
  page.setDefaultTimeout(patience)
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await page.getByText('Step 60 of 60').waitFor()
  await page.getByRole('heading', { name: 'What it writes, at step 60' }).waitFor()
  await page.getByRole('heading', { name: 'Inside, at step 60' }).waitFor()
  expect(await page.getByText('%').count()).toBe(5)

  await page.getByLabel('Your beginning').fill('1+1')
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.locator('[aria-busy=false]').filter({ hasText: '1+1' }).waitFor()
  await page.getByLabel('Your beginning').fill('no such letters')
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  const sentence = page.getByRole('alert').filter({ hasText: '"n"' })
  expect(await sentence.innerText()).toMatch(/^[^.]+\.$/)

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the run' }).click(),
  ])
  const archive = await readFile(await download.path())
  expect(archive.subarray(0, 2).toString()).toBe('PK')

  await page.waitForTimeout(1000)
  await page.reload()
  await page.getByRole('button', { name: 'Open the last run (step 60)' }).click()
  await page.getByText('Step 60 of 60').waitFor()

  await page.reload()
  const chooser = page.getByLabel('Open a run (zip)')
  await chooser.setInputFiles({
    name: 'broken.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from('nothing'),
  })
  await page.getByText('The file is no zip archive, or it is damaged').waitFor()
  await chooser.setInputFiles({ name: 'run.zip', mimeType: 'application/zip', buffer: archive })
  await page.getByText('Step 60 of 60').waitFor()
  expect(complaints).toEqual([])
})

test('a text too short says how long it must be', { timeout: 200_000 }, async () => {
  const { page } = await visit(small)
  page.setDefaultTimeout(patience)
  await page.getByLabel('Paste or type another text here').fill('too short')
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  const sentence = page.getByRole('alert').filter({ hasText: 'The text has' })
  expect(await sentence.innerText()).toMatch(/^The text has 9 characters, but these settings need 144; /)
})
